"""Where data came from and what was made of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

from . import _core
from ._core import LineageGraph, LineageNode, LineageRun, PipelineConfig, RootCause, RunDiff
from ._service import Service

_MOST_NODES = 100_000


class Traversal(TypedDict, total=False):
    """How far a query goes."""

    depth: int  # steps; 0 for all
    limit: int  # nodes
    as_of: datetime.datetime | None  # the graph as it was then


def _traversal(how: Traversal) -> tuple[int, int, int | None]:
    as_of = how.get("as_of")
    moment = None if as_of is None else round(as_of.timestamp() * 1_000_000)
    return how.get("depth", 0), how.get("limit", _MOST_NODES), moment


class DataLineageTracker(Service):
    """Records datasets and transformations, and answers what depends on what.

    A reference is "orders" for the newest version of a dataset that this store publishes, "orders@7" for that one,
    "file:raw/orders.csv" for something in another namespace.
    """

    def __init__(self, config: PipelineConfig | None = None, *, workspace: _core.Workspace | None = None) -> None:
        super().__init__(config, workspace=workspace)
        self._lineage = _core.Lineage(self._workspace)

    def register_dataset(self, dataset_name: str, metadata: Mapping[str, Any] | None = None) -> LineageNode:
        """Record a dataset. With other metadata than it has, this is its next version, and the history stays."""
        return self._lineage.register_dataset(dataset_name, metadata)

    def track_transformation(
        self,
        transformation_id: str,
        input_datasets: Sequence[str],
        output_datasets: Sequence[str],
        transformation_type: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        columns: Sequence[tuple[str, ...]] = (),
    ) -> LineageRun:
        """Record that a transformation made `output_datasets` of `input_datasets`.

        `columns` says how columns came to be: (input dataset, column, output dataset, column, type, subtype).
        """
        return self._lineage.track_transformation(
            transformation_id, input_datasets, output_datasets, transformation_type, parameters, columns
        )

    def start_run(
        self, job: str, parameters: Mapping[str, Any] | None = None, *, code_version: str = "", parent: str = ""
    ) -> LineageRun:
        """Start a run: what it reads and makes is added while it runs."""
        return self._lineage.start_run(job, parameters, code_version, parent)

    def add_input(self, run: str, reference: str) -> LineageNode:
        return self._lineage.add_input(run, reference)

    def add_output(self, run: str, reference: str) -> LineageNode:
        return self._lineage.add_output(run, reference)

    def finish_run(self, run: str, error: str = "") -> None:
        """COMPLETE, or FAIL with an error."""
        self._lineage.finish_run(run, error)

    def reap_runs(self) -> int:
        """Mark runs whose process is dead as ABORT; how many there were."""
        return self._lineage.reap_runs()

    def find(self, reference: str) -> LineageNode:
        return self._lineage.find(reference)

    def versions(self, dataset: str) -> Sequence[LineageNode]:
        """The versions of a dataset."""
        return self._lineage.versions(dataset)

    def datasets(self, limit: int = 0) -> Sequence[LineageNode]:
        """The newest version of each dataset."""
        return self._lineage.datasets(limit)

    def find_run(self, id: str) -> LineageRun:
        return self._lineage.find_run(id)

    def runs(self, job: str = "", limit: int = 0) -> Sequence[LineageRun]:
        return self._lineage.runs(job, limit)

    def upstream(self, reference: str, **how: Unpack[Traversal]) -> LineageGraph:
        """What something was made of."""
        return self._lineage.upstream(reference, *_traversal(how))

    def downstream(self, reference: str, **how: Unpack[Traversal]) -> LineageGraph:
        """What was made of something."""
        return self._lineage.downstream(reference, *_traversal(how))

    def around(self, reference: str, **how: Unpack[Traversal]) -> LineageGraph:
        """Both ways."""
        return self._lineage.around(reference, *_traversal(how))

    def paths(self, start: str, end: str) -> LineageGraph:
        """All nodes on ways from one to another."""
        return self._lineage.paths(start, end)

    def impact(self, reference: str) -> dict[str, int]:
        """Every dataset that a change of this one reaches, with the number of its versions that do."""
        return dict(self._lineage.impact(reference))

    def diff(self, run_before: str, run_after: str) -> RunDiff:
        """How two runs of a job differ."""
        return self._lineage.diff(run_before, run_after)

    def root_cause(self, reference: str) -> RootCause | None:
        """The nearest ancestor with a failed check or a change."""
        return self._lineage.root_cause(reference)

    def orphans(self, limit: int = 0) -> Sequence[LineageNode]:
        """Versions that no run made and none used."""
        return self._lineage.orphans(limit)

    def to_openlineage(self, run: str = "") -> str:
        """OpenLineage 2-0-2 events, one JSON object a line: of one run, or of all."""
        return self._lineage.to_openlineage(run)
