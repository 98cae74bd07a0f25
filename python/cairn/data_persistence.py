"""Caching intermediate results, saving checkpoints, tracking lineage, and all of it together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import _core
from ._cache import CachedFunction, DataCache
from ._checkpoints import Checkpoint, CheckpointManager, PendingSave, Process
from ._core import (
    CacheEntry,
    CacheInput,
    CacheResult,
    CacheStatistics,
    CheckpointInfo,
    LineageGraph,
    LineageNode,
    LineageRun,
    PipelineConfig,
    RecoveryReport,
    StoreStatus,
)
from ._lineage import DataLineageTracker
from ._service import Service
from .frames import Frame

__all__ = [
    "CacheEntry",
    "CacheInput",
    "CacheResult",
    "CacheStatistics",
    "CachedFunction",
    "Checkpoint",
    "CheckpointInfo",
    "CheckpointManager",
    "DataCache",
    "DataLineageTracker",
    "LineageGraph",
    "LineageNode",
    "LineageRun",
    "PendingSave",
    "PersistenceManager",
    "Process",
    "RecoveryReport",
]


class PersistenceManager(Service):
    """Cache, checkpoints and lineage of one store: what the first two do, the third knows."""

    def __init__(self, config: PipelineConfig | None = None, *, workspace: _core.Workspace | None = None) -> None:
        super().__init__(config, workspace=workspace)
        self.cache = DataCache(workspace=self._workspace)
        self.checkpoint_manager = CheckpointManager(workspace=self._workspace)
        self.lineage_tracker = DataLineageTracker(workspace=self._workspace)

    def cache_intermediate_result(
        self,
        data: Frame,
        process_name: str,
        step_name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        inputs: Mapping[str, Frame] | None = None,
        code_version: str = "",
    ) -> str:
        """Keep an intermediate result. Returns its key."""
        return self.cache.put(
            data, process_name, step_name, parameters, inputs=inputs, code_version=code_version
        ).key

    def get_cached_result(
        self,
        process_name: str,
        step_name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        inputs: Mapping[str, Frame] | None = None,
        code_version: str = "",
    ) -> Any:
        """The result kept under the same words, as the kind of frame that was put in, or None."""
        return self.cache.get(process_name, step_name, parameters, inputs=inputs, code_version=code_version)

    def create_process_checkpoint(
        self,
        process_name: str,
        current_step: str,
        completed_steps: Sequence[str],
        data: Frame | None = None,
        additional_state: Mapping[str, Any] | None = None,
    ) -> str:
        """Save state and data of a process. Returns the checkpoint's id."""
        return self.checkpoint_manager.create_checkpoint(
            process_name, additional_state, data, current_step=current_step, completed_steps=completed_steps
        ).id

    def resume_process(self, process_name: str) -> Checkpoint | None:
        """The newest checkpoint of a process that verifies, or None when it never saved one."""
        return self.checkpoint_manager.load_latest(process_name)

    def status(self) -> StoreStatus:
        """What the store holds and how it is, from cheap checks alone."""
        return self._workspace.status()
