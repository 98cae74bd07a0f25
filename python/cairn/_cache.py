"""Results that may be forgotten, and functions that remember theirs."""

from __future__ import annotations

import datetime
import functools
import hashlib
import inspect
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeAlias, TypedDict, TypeVar, Unpack

import pyarrow as pa

from . import _core
from ._core import CacheEntry, CacheInput, CacheRemoval, CacheResult, CacheStatistics, PipelineConfig
from .errors import InvalidArgument, Unsupported
from .frames import Frame, Source, as_it_was, fingerprint, is_frame

P = ParamSpec("P")
R = TypeVar("R")

#: How long a result is kept: seconds, a timedelta, text like "24h", infinity for ever, None for the cache's own time.
Ttl: TypeAlias = float | str | datetime.timedelta | None


class Keeping(TypedDict, total=False):
    """What is said about a result when it is kept."""

    ttl: Ttl
    form: str  # "parquet", or "arrow": larger, and mapped into memory on a hit
    pinned: bool  # never evicted


def _options(keeping: Keeping, cost: datetime.timedelta = datetime.timedelta()) -> _core.CacheEntryOptions:
    ttl = keeping.get("ttl")
    for_ever = ttl == math.inf
    if isinstance(ttl, str):
        ttl = _core.parse_duration(ttl)
    elif isinstance(ttl, int | float) and not for_ever:
        ttl = datetime.timedelta(seconds=ttl)
    kept = ttl if isinstance(ttl, datetime.timedelta) else None
    return _core.CacheEntryOptions(kept, for_ever, cost, keeping.get("form", "parquet"), keeping.get("pinned", False))


def inputs_of(inputs: Mapping[str, Frame]) -> list[CacheInput]:
    """What was read, by its content; of a version or text of the form "cd1:…" only the digest is taken."""
    found = []
    for name, data in inputs.items():
        digest = data if isinstance(data, str) and data.startswith("cd1:") else getattr(data, "digest", None)
        found.append(CacheInput(name, digest) if isinstance(digest, str) else _core.CacheInput.of_rows(name, Source(data).rows))
    return found


class DataCache:
    """Keeps intermediate results under what they were computed from, for a time, within a size.

    Safe for threads and processes. Damage and a full disk are misses with a reason, never exceptions.
    """

    def __init__(self, config: PipelineConfig | None = None, *, workspace: _core.Workspace | None = None) -> None:
        self._config = config or (workspace.config if workspace else PipelineConfig.discover())
        self._cache = _core.Cache(workspace) if workspace else _core.Cache.alone(self._config)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._config,)

    @property
    def folder(self) -> Path:
        return self._cache.folder

    def put(
        self,
        data: Frame,
        process_name: str,
        step_name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        inputs: Mapping[str, Frame] | None = None,
        code_version: str = "",
        **keeping: Unpack[Keeping],
    ) -> CacheResult:
        """Keep a result. Tells what a later `get` would: a hit, or why it was not kept."""
        identity = _identity(process_name, step_name, parameters, inputs, code_version)
        source = Source(data, keep_kind=True)
        with Source.errors_of(source):
            return self._cache.put(identity, source.rows, _options(keeping))

    def get(
        self,
        process_name: str,
        step_name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        inputs: Mapping[str, Frame] | None = None,
        code_version: str = "",
        columns: Sequence[str] = (),
    ) -> Any:
        """The result kept under these words, as the kind of frame that was put in, or None."""
        identity = _identity(process_name, step_name, parameters, inputs, code_version)
        return _frame_of(self._cache.get(identity, columns))

    def get_or_compute(
        self,
        compute: Callable[[], R],
        process_name: str,
        step_name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        inputs: Mapping[str, Frame] | None = None,
        code_version: str = "",
        **keeping: Unpack[Keeping],
    ) -> R:
        """The result kept, or else computed and kept: by one of all threads and processes that ask."""
        identity = _identity(process_name, step_name, parameters, inputs, code_version)
        return _compute(self._cache, identity, compute, _options(keeping))

    def explain(
        self,
        process_name: str,
        step_name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        inputs: Mapping[str, Frame] | None = None,
        code_version: str = "",
    ) -> CacheResult:
        """Why a lookup would miss, named as narrowly as it can be told, or that it would hit."""
        return self._cache.explain(_identity(process_name, step_name, parameters, inputs, code_version))

    def memoize(
        self, *, ignore: Iterable[str] = (), version: object = None, **keeping: Unpack[Keeping]
    ) -> Callable[[Callable[P, R]], CachedFunction[P, R]]:
        """Have a function remember its results; see `Store.cache`."""

        def decorate(function: Callable[P, R]) -> CachedFunction[P, R]:
            return CachedFunction(self._cache, function, frozenset(ignore), version, keeping)

        return decorate

    def pin(self, key_prefix: str, pinned: bool = True) -> None:
        """Never evict an entry, or do again."""
        self._cache.pin(key_prefix, pinned)

    def list(self, process_name: str = "", step_name: str = "", key_prefix: str = "") -> Sequence[CacheEntry]:
        """What is kept, most recently used first."""
        return self._cache.list_entries(process_name, step_name, key_prefix)

    def clear(
        self, process_name: str = "", step_name: str = "", key_prefix: str = "", *, dry_run: bool = False
    ) -> CacheRemoval:
        return self._cache.clear(process_name, step_name, key_prefix, dry_run)

    def gc(self, *, dry_run: bool = True) -> CacheRemoval:
        """Remove what is expired, damaged or stray, and what is over the limit."""
        return self._cache.gc(dry_run)

    def statistics(self) -> CacheStatistics:
        return self._cache.statistics()


def _identity(
    process_name: str,
    step_name: str,
    parameters: Mapping[str, Any] | None,
    inputs: Mapping[str, Frame] | None,
    code_version: str,
) -> _core.CacheIdentity:
    return _core.CacheIdentity(process_name, step_name, parameters, inputs_of(inputs or {}), code_version)


def _frame_of(result: CacheResult) -> Any:
    rows = result.open()
    return None if rows is None else as_it_was(rows)


def _compute(
    cache: _core.Cache, identity: _core.CacheIdentity, compute: Callable[[], R], options: _core.CacheEntryOptions
) -> R:
    sources: list[Source] = []

    def rows() -> _core.IncomingRows:
        value = compute()
        sources.append(Source.of_result(value))
        return sources[0].rows

    try:
        result = cache.get_or_compute(identity, rows, options)
    except BaseException as error:
        for source in sources:
            source.raise_instead_of(error)
        raise
    frame: R = _frame_of(result)
    return frame


class CachedFunction(Generic[P, R]):
    """A function that remembers its results, by its arguments and its code.

    Frames among the arguments count by their content, everything else by its value; what has no encoding is an error
    at the call. Of all threads and processes that call with the same arguments one computes.
    """

    def __init__(
        self, cache: _core.Cache, function: Callable[P, R], ignore: frozenset[str], version: object, keeping: Keeping
    ) -> None:
        functools.update_wrapper(self, function)
        self._cache = cache
        self._function = function
        self._signature = inspect.signature(function)
        unknown = ignore - set(self._signature.parameters)
        if unknown:
            raise InvalidArgument(f"{function.__qualname__} has no argument '{min(unknown)}' to ignore", "invalid_argument")
        self._ignore = ignore
        self._version = _code_of(function) if version is None else str(version)
        self._keeping = keeping

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        identity = self._identity(args, kwargs)
        return _compute(self._cache, identity, lambda: self._function(*args, **kwargs), _options(self._keeping))

    def explain(self, *args: P.args, **kwargs: P.kwargs) -> CacheResult:
        """Why a call with these arguments would be computed, or that it would not."""
        return self._cache.explain(self._identity(args, kwargs))

    def check_call_in_cache(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Whether the result of a call is kept."""
        return self.explain(*args, **kwargs).hit

    def invalidate(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Forget the result of one call."""
        self._cache.clear("", "", self._identity(args, kwargs).key(), False)

    def clear(self) -> None:
        """Forget all results of this function."""
        self._cache.clear(self._function.__module__, self._function.__qualname__, "", False)

    def __reduce__(self) -> str:
        return self._function.__qualname__  # by name, as a function is

    def _identity(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _core.CacheIdentity:
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        values, inputs = {}, []
        for name, value in bound.arguments.items():
            if name in self._ignore:
                continue
            if isinstance(value, pa.RecordBatchReader):
                raise Unsupported(f"the argument '{name}' can be read only once; ignore it, or pass a table", "unsupported")
            if isinstance(getattr(value, "digest", None), str):  # a version: its content is known
                inputs += inputs_of({value.dataset: value})
            elif is_frame(value):
                inputs += inputs_of({f"argument:{name}": value})  # for lineage, in a namespace of their own
                values[f"{name} (frame)"] = fingerprint(value)
            else:
                values[name] = value
        function = self._function
        return _core.CacheIdentity(function.__module__, function.__qualname__, values, inputs, self._version)


def _code_of(function: Callable[..., Any]) -> str:
    """The version of code that nobody numbers: a digest of its text."""
    try:
        text = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        raise InvalidArgument(
            f"the source of {function.__qualname__} cannot be read; say `version=`", "invalid_argument"
        ) from None
    return hashlib.sha256(text.encode()).hexdigest()[:16]
