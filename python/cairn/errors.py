"""What can go wrong, as classes: each is a CairnError and, where Python has one, the builtin that says the same."""

from __future__ import annotations

import errno

__all__ = [
    "CairnError",
    "CommitUnknown",
    "Conflict",
    "Corrupt",
    "InvalidArgument",
    "NotFound",
    "OutOfSpace",
    "PermissionDenied",
    "StorageError",
    "Unsupported",
]


class CairnError(Exception):
    """What was tried, on what, why it failed, and what to do.

    `kind` is the exact word that the command line and docs/cli.md use, `next_step` what to do about it.
    """

    def __init__(self, text: str = "", kind: str = "internal", message: str = "", next_step: str = "") -> None:
        super().__init__(text)
        self.kind = kind
        self.message = message or text
        self.next_step = next_step

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.kind, self.message, self.next_step)


class InvalidArgument(CairnError, ValueError):
    """An argument or a setting that makes no sense."""


class NotFound(CairnError, LookupError):
    """No such store, dataset, version, table, tag or checkpoint."""


class Conflict(CairnError):
    """Somebody was faster, or the name is taken."""


class PermissionDenied(CairnError, PermissionError):
    """The operating system does not allow it."""

    def __init__(self, text: str = "", kind: str = "permission", message: str = "", next_step: str = "") -> None:
        super().__init__(text, kind, message, next_step)
        self.errno = errno.EACCES


class StorageError(CairnError, OSError):
    """The disk or the system failed."""


class Unsupported(CairnError, TypeError):
    """A type or format that cannot be written."""


class OutOfSpace(StorageError):
    """The disk, a size limit or the memory budget is used up."""

    def __init__(self, text: str = "", kind: str = "no_space", message: str = "", next_step: str = "") -> None:
        super().__init__(text, kind, message, next_step)
        self.errno = errno.ENOMEM if kind == "memory_budget" else errno.ENOSPC


class Corrupt(CairnError):
    """A file or the catalog is damaged."""


class CommitUnknown(CairnError):
    """Whether the version was committed could not be learnt; the versions of the dataset tell."""


_BY_KIND = {
    "invalid_argument": InvalidArgument,
    "config": InvalidArgument,
    "not_found": NotFound,
    "conflict": Conflict,
    "already_exists": Conflict,
    "busy": Conflict,
    "permission": PermissionDenied,
    "io": StorageError,
    "unavailable": StorageError,
    "unsupported": Unsupported,
    "no_space": OutOfSpace,
    "memory_budget": OutOfSpace,
    "corrupt": Corrupt,
    "commit_unknown": CommitUnknown,
}


def make(text: str, kind: str, message: str, next_step: str) -> CairnError:
    """The exception for an error of the library; called by the extension."""
    return _BY_KIND.get(kind, CairnError)(text, kind, message, next_step)
