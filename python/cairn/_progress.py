"""Progress as callers ask for it: True for a bar, a callable, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

#: Called with the stage, the rows done and the rows in total, which is None where it is not known.
Report: TypeAlias = Callable[[str, int, int | None], object]
Progress: TypeAlias = bool | Report


@contextmanager
def reporting(progress: Progress) -> Iterator[Report | None]:
    """What the extension calls; a bar that was drawn is closed at the end."""
    if callable(progress):
        yield progress
    elif not progress:
        yield None
    else:
        bar = _Bar()
        try:
            yield bar
        finally:
            bar.close()


class _Bar:
    """One bar of tqdm for each stage."""

    def __init__(self) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            raise ImportError("progress=True draws with tqdm: `pip install tqdm`, or pass a callable") from None
        self._tqdm = tqdm
        self._bar: Any = None

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if self._bar is None or self._bar.desc != stage:
            self.close()
            self._bar = self._tqdm(desc=stage, total=total, unit=" rows", unit_scale=True)
            self._bar.desc = stage  # tqdm would add a colon
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
