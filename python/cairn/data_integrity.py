"""Holding exported files against what was recorded and against originals."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from . import _core
from ._core import IntegrityReport, Issue, SampleFacts
from ._progress import Progress, reporting
from .frames import Frame, Source

__all__ = ["DataIntegrityValidator", "IntegrityReport", "Issue", "SampleFacts"]

_MEMORY_BYTES = 256 << 20


class DataIntegrityValidator:
    """Validates exported files.

    `memory_bytes` bounds comparisons by key and as multisets; more is spilled to `spill_folder`.
    """

    def __init__(self, memory_bytes: int = _MEMORY_BYTES, spill_folder: str | os.PathLike[str] = "") -> None:
        self._settings = (memory_bytes, spill_folder)
        self._validator = _core.Validator(memory_bytes, spill_folder)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self._settings

    def calculate_checksum(self, file: str | os.PathLike[str]) -> str:
        """MD5 of a file, in lower-case hex."""
        return self._validator.calculate_checksum(file)

    def compare(
        self,
        original: Frame,
        exported: Frame,
        *,
        keys: Sequence[str] = (),
        multiset: bool = False,
        dtypes: str = "flexible",
        tolerance: tuple[float, float] = (0.0, 0.0),
        tolerances: Mapping[str, tuple[float, float]] | None = None,
        sample_rows: int | None = None,
        seed: int = 0,
        masked_columns: Sequence[str] = (),
        progress: Progress = False,
    ) -> IntegrityReport:
        """Compare what was to be exported with what was: rows, columns, order, types, nulls, values.

        Every check runs. Rows are brought together by position, by `keys`, or as multisets; a tolerance is absolute
        and relative. Both sides may be files, and may be larger than memory.
        """
        sources = Source(original), Source(exported)
        with Source.errors_of(*sources), reporting(progress) as report:
            return self._validator.compare(
                sources[0].rows,
                sources[1].rows,
                keys=keys,
                multiset=multiset,
                dtypes=dtypes,
                tolerance=tolerance,
                tolerances=dict(tolerances or {}),
                sample_rows=sample_rows,
                seed=seed,
                masked_columns=masked_columns,
                progress=report,
            )
