"""A store as one object: `cairn.open()` and what hangs on it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from . import _core
from ._core import DatasetVersion, ExportSummary, HealthReport, IntegrityReport, PipelineConfig, StoreStatus
from ._progress import Progress, reporting
from .data_exporter import DataVersionManager, ExportManager, ExportNote, export
from .frames import Frame, Rows


def open_store(
    path: str | os.PathLike[str] | None = None, *, config: PipelineConfig | None = None, create: bool = True
) -> Store:
    """Open the store of a configuration; `path` is its output folder, with the temporary one beside it.

    Without either, `cairn.yaml` or `config/pipeline_config.yaml` is looked for, as the command line does.
    """
    config = config or PipelineConfig.discover()
    if path is not None:
        config.output_data_path = Path(path)
        config.temp_data_path = Path(path).parent / "temp"
    return Store(config, create=create)


class Store:
    """An opened store. Safe for threads; a child that was forked opens it anew; pickles as a reference."""

    def __init__(self, config: PipelineConfig, *, create: bool = True) -> None:
        self._workspace = _core.Workspace(config, create)
        self.versions = DataVersionManager(workspace=self._workspace)
        self.exports = ExportManager(workspace=self._workspace)

    @property
    def config(self) -> PipelineConfig:
        """The configuration of the store, paths absolute."""
        return self._workspace.config

    @property
    def path(self) -> Path:
        """The output folder."""
        return self.config.output_data_path

    def export(
        self,
        data: Frame,
        dataset: str,
        *,
        analytical: Mapping[str, Frame] | None = None,
        progress: Progress = False,
        **note: Unpack[ExportNote],
    ) -> Version:
        """Publish a frame, and analytical tables with it, as the newest version of a dataset."""
        tables = {_core.PROCESSED_TABLE: data, **(analytical or {})}
        summary = export(self._workspace, tables, dataset, progress, note)
        return Version(self, summary.version, summary)

    def __getitem__(self, dataset: str) -> Dataset:
        """A dataset by its name, whether it has versions or not."""
        return Dataset(self, dataset)

    def __iter__(self) -> Iterator[str]:
        """The names of the datasets."""
        return iter(dict.fromkeys(version.dataset for version in self.versions.list()))

    def __contains__(self, dataset: object) -> bool:
        return isinstance(dataset, str) and self.versions.latest(dataset) is not None

    def find(self, reference: str) -> Version:
        """The version that a reference like "orders@42" or "orders@tag:gold" means."""
        return Version(self, self.versions.resolve(reference))

    def status(self) -> StoreStatus:
        """What the store holds and how it is, from cheap checks alone."""
        return self._workspace.status()

    def doctor(self, level: str = "checksum", *, progress: Progress = False) -> HealthReport:
        """Look at everything, files included."""
        with reporting(progress) as report:
            return self._workspace.doctor(level, report)

    def close(self) -> None:
        """Let go of files and locks. Using the store afterwards is an error."""
        self._workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.config,)

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def _repr_html_(self) -> str:
        return self.status()._repr_html_()


class Dataset:
    """A dataset of a store."""

    def __init__(self, store: Store, name: str) -> None:
        self.store = store
        self.name = name

    def latest(self) -> Version:
        """The newest version."""
        return self.at("latest")

    def at(self, selector: str | int) -> Version:
        """A version by its number, "tag:gold", "asof:2026-01-15" or the start of its id."""
        return self.store.find(f"{self.name}@{selector}")

    def __iter__(self) -> Iterator[Version]:
        """The versions, newest first."""
        return (Version(self.store, version) for version in self.store.versions.list(self.name))

    def __repr__(self) -> str:
        return f"Dataset({self.name!r})"


class Version(Rows):
    """A version of a dataset; its rows are those of the processed data. Pickles as a reference.

    Everything that is known of it (`digest`, `rows`, `created`, `tags`, …) is an attribute.
    """

    def __init__(self, store: Store, info: DatasetVersion, summary: ExportSummary | None = None) -> None:
        self.store = store
        self.info = info
        self.summary = summary  # of the export that made it, where this process did

    @property
    def reference(self) -> str:
        """Like "orders@42"."""
        return self.info.reference

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "info":
            raise AttributeError(name)
        return getattr(self.info, name)

    def _open(self) -> _core.OutgoingRows:
        return self["" ]._open()

    def __getitem__(self, table: str) -> Rows:
        """A table by its name."""
        return self.store.versions.read(self.info, table)

    def verify(self, level: str = "content", *, progress: Progress = False) -> IntegrityReport:
        """Hold the files against what was recorded."""
        return self.store.versions.verify(self.info, level, progress=progress)

    def get(self, folder: str | os.PathLike[str], *, progress: Progress = False) -> Path:
        """Copy the files into a folder that is empty or new."""
        return self.store.versions.get(self.info, folder, progress=progress)

    def tag(self, name: str, *, replace: bool = False) -> None:
        self.store.versions.tag(self.info, name, replace=replace)

    def __reduce__(self) -> tuple[object, ...]:
        return Store.find, (self.store, self.reference)

    def __repr__(self) -> str:
        return f"Version({self.reference!r}, rows={self.info.rows}, digest={self.info.digest!r})"

    def _repr_html_(self) -> str:
        return self.info._repr_html_()
