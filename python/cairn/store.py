"""A store as one object: `cairn.open()` and what hangs on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from . import _core
from ._cache import CachedFunction, Keeping, P, R
from ._checkpoints import Process
from ._core import (
    DatasetVersion,
    ExportSummary,
    HealthReport,
    IntegrityReport,
    LineageNode,
    PipelineConfig,
    StoreStatus,
)
from ._lineage import DataLineageTracker
from ._progress import Progress, reporting
from .data_exporter import DataVersionManager, ExportManager, ExportNote, export
from .data_persistence import PersistenceManager
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
        self.persistence = PersistenceManager(workspace=self._workspace)

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

    @property
    def lineage(self) -> DataLineageTracker:
        return self.persistence.lineage_tracker

    def cache(
        self, *, ignore: Iterable[str] = (), version: object = None, **keeping: Unpack[Keeping]
    ) -> Callable[[Callable[P, R]], CachedFunction[P, R]]:
        """Have a function remember its results: `@store.cache(ttl="24h", ignore=["connection"], version=3)`.

        The key is made of the function's name and code, or `version` in place of its code, and of all arguments but
        those to ignore: frames by their content, the rest by value. The result may be a frame or any value that can
        be a parameter, None included.
        """
        return self.persistence.cache.memoize(ignore=ignore, version=version, **keeping)

    def checkpoints(self, process_name: str) -> Process:
        """A process of several steps, to go on where it was: see `Process`."""
        return Process(self.persistence.checkpoint_manager, process_name)

    def run(
        self,
        job: str,
        *,
        inputs: Sequence[str] = (),
        parameters: Mapping[str, Any] | None = None,
        code_version: str = "",
    ) -> Run:
        """Make what follows part of one run of a job: `with store.run("clean", inputs=["raw"]) as run`."""
        return Run(self, job, inputs, parameters, code_version)

    def status(self) -> StoreStatus:
        """What the store holds and how it is, from cheap checks alone."""
        return self._workspace.status()

    def doctor(self, level: str = "checksum", *, progress: Progress = False) -> HealthReport:
        """Look at everything, files included."""
        with reporting(progress) as report:
            return self._workspace.doctor(level, report)

    def close(self) -> None:
        """Wait for what is being saved, and let go of files and locks. Using the store afterwards is an error."""
        self.persistence.checkpoint_manager.close()
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


class Run:
    """A run of a job, for lineage: complete when its block ends, failed when that raises."""

    def __init__(
        self, store: Store, job: str, inputs: Sequence[str], parameters: Mapping[str, Any] | None, code_version: str
    ) -> None:
        self.store = store
        self.job = job
        self.id = ""
        self._inputs = inputs
        self._parameters = parameters
        self._code_version = code_version
        self._lineage = _core.Lineage(store._workspace)

    def read(self, reference: str) -> LineageNode:
        """Say what the run reads."""
        return self._lineage.add_input(self.id, reference)

    def export(self, data: Frame, dataset: str, **options: Any) -> Version:
        """Publish a frame as a part of this run."""
        return self.store.export(data, dataset, run=self.id, **options)

    def __enter__(self) -> Self:
        self.id = self._lineage.begin(self.job, self._parameters, self._code_version).id
        for reference in self._inputs:
            self.read(reference)
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lineage.end("" if value is None else f"{value.__class__.__name__}: {value}")


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
        return self[""]._open()

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
