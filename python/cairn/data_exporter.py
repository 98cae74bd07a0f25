"""Publishing tables as verified versions of datasets, and working with the versions there are."""

from __future__ import annotations

import datetime
import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypedDict, Unpack

from . import _core
from ._core import (
    DatasetFile,
    DatasetTable,
    DatasetVersion,
    ExportPlan,
    ExportSummary,
    IntegrityReport,
    PipelineConfig,
    Removal,
    VersionDiff,
)
from ._progress import Progress, reporting
from ._service import Service
from .frames import Frame, Source, StoredRows

__all__ = [
    "AnyVersion",
    "DataExporter",
    "DataVersionManager",
    "DatasetFile",
    "DatasetTable",
    "DatasetVersion",
    "ExportManager",
    "ExportNote",
    "ExportPlan",
    "ExportSummary",
    "Removal",
    "VersionDiff",
]

logger = logging.getLogger("cairn")

#: A version that was found, or a reference like "orders", "orders@42", "orders@tag:gold".
AnyVersion: TypeAlias = DatasetVersion | str


class ExportNote(TypedDict, total=False):
    """What is said about an export beside its data."""

    message: str
    author: str  # the user and host when empty
    tags: Sequence[str]
    idempotency_key: str | None  # a retry with the same key returns the version that exists
    expected_parent: int | None  # conflict unless this is the newest version; 0 for "there is none"
    run: str | None  # the id of a started run of lineage that this is part of
    inputs: Sequence[str]  # what it is made of, for lineage: "raw_orders", "file:raw/orders.csv", "raw_orders@7"


def export(
    workspace: _core.Workspace,
    tables: Mapping[str, Frame],
    dataset_name: str,
    progress: Progress,
    note: ExportNote,
) -> ExportSummary:
    """Publish tables, the first of which is the processed data; what every way to export comes down to."""
    sources = {name: Source(data) for name, data in tables.items()}
    rows = [(name, source.rows) for name, source in sources.items()]
    with Source.errors_of(*sources.values()), reporting(progress) as report:
        summary = _core.export_tables(workspace, rows, dataset_name, progress=report, **note)
    for warning in summary.warnings:
        logger.warning("%s: %s", summary.version.reference, warning)
    logger.info("%s: %d rows in %s", summary.version.reference, summary.version.rows, summary.output)
    return summary


class DataExporter(Service):
    """Writes tables in every configured format, verifies them, and makes them visible together as one version."""

    def export_table(
        self, table: Frame, dataset_name: str, *, progress: Progress = False, **note: Unpack[ExportNote]
    ) -> ExportSummary:
        """Write one table and record it as the newest version of a dataset."""
        return export(self._workspace, {_core.PROCESSED_TABLE: table}, dataset_name, progress, note)

    def export_tables(
        self, tables: Mapping[str, Frame], dataset_name: str, *, progress: Progress = False, **note: Unpack[ExportNote]
    ) -> ExportSummary:
        """Write several tables as one version: the first is the processed data, the others are analytical tables."""
        return export(self._workspace, tables, dataset_name, progress, note)

    def plan(self, table_names: Sequence[str], dataset_name: str) -> ExportPlan:
        """What `export_tables` would do. Nothing is written."""
        return _core.plan_export(self._workspace, table_names, dataset_name)


class ExportManager(Service):
    """Exports complete datasets: processed data and analytical tables, as one version."""

    def export_complete_dataset(
        self,
        processed_data: Frame,
        analytical_tables: Mapping[str, Frame] | None = None,
        dataset_name: str = "dataset",
        *,
        progress: Progress = False,
        **note: Unpack[ExportNote],
    ) -> ExportSummary:
        """Write everything in every configured format and record it as the newest version of `dataset_name`."""
        tables = {_core.PROCESSED_TABLE: processed_data, **(analytical_tables or {})}
        return export(self._workspace, tables, dataset_name, progress, note)

    @property
    def exporter(self) -> DataExporter:
        return DataExporter(workspace=self._workspace)


class DataVersionManager(Service):
    """The versions of datasets: find, read, tag, compare, roll back, remove."""

    _create = False

    def __init__(self, config: PipelineConfig | None = None, *, workspace: _core.Workspace | None = None) -> None:
        super().__init__(config, workspace=workspace)
        self._versions = _core.Versions(self._workspace)

    def list(self, dataset: str = "", limit: int = 0) -> Sequence[DatasetVersion]:
        """Newest first; of one dataset, or of all; at most `limit`, 0 for all."""
        return self._versions.list_versions(dataset, limit)

    def latest(self, dataset: str) -> DatasetVersion | None:
        """The newest committed version, or None."""
        return self._versions.latest(dataset)

    def resolve(self, reference: AnyVersion) -> DatasetVersion:
        """The version that a reference means."""
        return self._versions.find(reference)

    def tables(self, version: AnyVersion) -> Sequence[DatasetTable]:
        return self._versions.tables(version)

    def files(self, version: AnyVersion) -> Sequence[DatasetFile]:
        return self._versions.files(version)

    def manifest(self, version: AnyVersion) -> dict[str, Any]:
        """The Data Package descriptor of a version, with everything that is known of it."""
        manifest: dict[str, Any] = json.loads(self._versions.manifest(version))
        return manifest

    def md5_sums(self, version: AnyVersion) -> str:
        """The lines of `md5sum`, for `md5sum -c` in the output folder."""
        return self._versions.md5_sums(version)

    def read(self, version: AnyVersion, table: str = "", format: str = "") -> StoredRows:
        """A table as it was recorded: the processed data unless another is named, from Parquet when there is a choice."""
        found = self._versions.find(version)
        return StoredRows(lambda: self._versions.read(found, table, format))

    def get(self, version: AnyVersion, folder: str | os.PathLike[str], *, progress: Progress = False) -> Path:
        """Copy a version into a folder that is empty or new, checking every byte on the way."""
        with reporting(progress) as report:
            self._versions.get(version, folder, report)
        return Path(folder)

    def diff(self, before: AnyVersion, after: AnyVersion) -> VersionDiff:
        """How two versions differ, told from their digests alone."""
        return self._versions.diff(before, after)

    def tag(self, version: AnyVersion, name: str, *, replace: bool = False) -> None:
        """Give a version a name, which also protects it from removal."""
        self._versions.tag(version, name, replace)

    def untag(self, dataset: str, name: str) -> None:
        self._versions.untag(dataset, name)

    def rollback(self, to: AnyVersion, message: str = "") -> DatasetVersion:
        """A new newest version that has the files of an old one."""
        return self._versions.rollback(to, message)

    def verify(self, version: AnyVersion, level: str = "content", *, progress: Progress = False) -> IntegrityReport:
        """Hold the files of a version against what was recorded: size, checksum, structure or content."""
        with reporting(progress) as report:
            return self._versions.verify(version, level, report)

    def expire(
        self,
        dataset: str = "",
        *,
        keep_last: int = 0,
        keep_within: datetime.timedelta | None = None,
        dry_run: bool = True,
    ) -> Removal:
        """Expire what no rule keeps. The newest version and tagged ones always stay."""
        return self._versions.expire(dataset, keep_last, keep_within, dry_run)

    def remove_orphans(self, *, dry_run: bool = True) -> Removal:
        """Remove files of our naming, older than a day, that no version refers to."""
        return self._versions.remove_orphans(dry_run)
