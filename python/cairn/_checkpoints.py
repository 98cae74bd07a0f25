"""State and data of processes that must survive them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from . import _core
from ._core import CheckpointInfo, CheckpointRemoval, PipelineConfig, RecoveryReport
from ._service import Service
from .errors import InvalidArgument
from .frames import Frame, Source, as_it_was

_DATA = "data"  # the table that the specification calls data.parquet


class Checkpoint:
    """A checkpoint that was loaded, each part of it checked. Unpacks into its state and its data.

    `state` has `current_step` and `completed_steps` beside what was saved; `data` and `tables` are the kind of frame
    that went in; `report` tells what was found on the way to it, where it was looked for.
    """

    def __init__(self, loaded: _core.LoadedCheckpoint, report: RecoveryReport | None = None) -> None:
        self.info: CheckpointInfo = loaded.info
        self.current_step: str = loaded.current_step
        self.completed_steps: list[str] = list(loaded.completed_steps)
        self.saved_state: dict[str, Any] = loaded.state
        self.state = {"current_step": self.current_step, "completed_steps": self.completed_steps} | self.saved_state
        self.tables: dict[str, Any] = {name: as_it_was(loaded.open(name)) for name in loaded.tables}
        self.report = report

    @property
    def data(self) -> Any:
        return self.tables.get(_DATA)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.state, self.data))

    def __repr__(self) -> str:
        return f"Checkpoint({self.info.id!r}, current_step={self.current_step!r}, tables={list(self.tables)})"


class PendingSave:
    """A checkpoint that is being saved in the background."""

    def __init__(self, saving: _core.Saving) -> None:
        self._saving = saving

    def done(self) -> bool:
        return self._saving.done()

    def result(self) -> CheckpointInfo:
        """Wait for it. Raises what saving it failed with."""
        return self._saving.result()


class CheckpointManager(Service):
    """Saves state and tables of a process so that a crash at any moment leaves the newest one loadable."""

    def __init__(self, config: PipelineConfig | None = None, *, workspace: _core.Workspace | None = None) -> None:
        super().__init__(config, workspace=workspace)
        self._checkpoints = _core.Checkpoints(self._workspace)

    def create_checkpoint(
        self,
        process_name: str,
        state: Mapping[str, Any] | None = None,
        data: Frame | None = None,
        *,
        current_step: str = "",
        completed_steps: Sequence[str] = (),
        tables: Mapping[str, Frame] | None = None,
        name: str = "",
        schema_version: str = "",
        application_version: str = "",
    ) -> CheckpointInfo:
        """Save, durable when it returns. What did not change since the checkpoint before shares its files."""
        sources = _sources(data, tables, snapshot=False)
        with Source.errors_of(*sources.values()):
            return self._checkpoints.create(
                process_name,
                current_step,
                completed_steps,
                state,
                [(table, source.rows) for table, source in sources.items()],
                name,
                schema_version,
                application_version,
            )

    def create_checkpoint_async(
        self,
        process_name: str,
        state: Mapping[str, Any] | None = None,
        data: Frame | None = None,
        *,
        current_step: str = "",
        completed_steps: Sequence[str] = (),
        tables: Mapping[str, Frame] | None = None,
        name: str = "",
        schema_version: str = "",
        application_version: str = "",
    ) -> PendingSave:
        """The same, in the background. A frame of pandas is copied first; an error comes with the next call."""
        sources = _sources(data, tables, snapshot=True)
        with Source.errors_of(*sources.values()):
            return PendingSave(
                self._checkpoints.create_async(
                    process_name,
                    current_step,
                    completed_steps,
                    state,
                    [(table, source.rows) for table, source in sources.items()],
                    name,
                    schema_version,
                    application_version,
                )
            )

    def load_checkpoint(self, checkpoint_id: str) -> Checkpoint:
        """A checkpoint by its id: `state, data = load_checkpoint(id)`."""
        return Checkpoint(self._checkpoints.load(checkpoint_id))

    def load_latest(self, process_name: str) -> Checkpoint | None:
        """The newest checkpoint that verifies, or None when the process never saved one."""
        recovery = self._checkpoints.load_latest(process_name)
        return None if recovery is None else Checkpoint(recovery.checkpoint, recovery.report)

    def list_checkpoints(self, process_name: str = "") -> Sequence[CheckpointInfo]:
        """Newest first; of one process, or of all."""
        return self._checkpoints.list_checkpoints(process_name)

    def set_policy(
        self,
        *,
        keep_last: int = 5,
        keep_every: int = 0,
        max_age: datetime.timedelta | None = None,
        max_bytes: int | None = None,
    ) -> None:
        """Which checkpoints stay when another one is saved."""
        self._checkpoints.set_policy(keep_last, keep_every, max_age, max_bytes)

    def cleanup(
        self,
        process_name: str = "",
        *,
        keep_last: int = 5,
        keep_every: int = 0,
        max_age: datetime.timedelta | None = None,
        max_bytes: int | None = None,
        dry_run: bool = True,
    ) -> CheckpointRemoval:
        """Remove what no rule keeps. The newest one that verifies, and named ones, always stay."""
        return self._checkpoints.cleanup(process_name, keep_last, keep_every, max_age, max_bytes, dry_run)

    def remove(self, checkpoint_id: str) -> None:
        self._checkpoints.remove(checkpoint_id)

    def add_migration(self, start: str, end: str, migration: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
        """Have states of schema version `start` turned into `end` when they are loaded."""
        self._checkpoints.add_migration(start, end, migration)

    def set_schema_version(self, version: str) -> None:
        """The schema version that loaded states are brought to."""
        self._checkpoints.set_schema_version(version)

    def close(self) -> None:
        """Wait for saves in the background, and let go of every process."""
        self._checkpoints.close()


def _sources(data: Frame | None, tables: Mapping[str, Frame] | None, snapshot: bool) -> dict[str, Source]:
    frames = dict(tables or {})
    if data is not None:
        frames[_DATA] = data
    return {name: Source(frame, keep_kind=True, snapshot=snapshot) for name, frame in frames.items()}


class Process:
    """A process of several steps that goes on where its last checkpoint was: `with store.checkpoints(name) as process`.

    `data`, `tables` and `state` are what the last finished step left.
    """

    def __init__(self, checkpoints: CheckpointManager, name: str) -> None:
        self.name = name
        self._checkpoints = checkpoints
        self._step: str | None = None
        #: What was gone on from, or None for a first run.
        self.resumed = checkpoints.load_latest(name)
        self.completed: list[str] = list(self.resumed.completed_steps) if self.resumed else []
        self.state: dict[str, Any] = dict(self.resumed.saved_state) if self.resumed else {}
        self.tables: dict[str, Any] = dict(self.resumed.tables) if self.resumed else {}

    @property
    def data(self) -> Any:
        return self.tables.get(_DATA)

    @data.setter
    def data(self, data: Frame) -> None:
        self.tables[_DATA] = data

    def pending(self, steps: Sequence[str]) -> Iterator[str]:
        """The steps that are not done yet, in their order."""
        for step in steps:
            if step not in self.completed:
                yield step

    def step(self, name: str) -> Self:
        """Do a step: `with process.step("clean"):`. What it leaves is saved at its end, unless it raised."""
        self._step = name
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        step, self._step = self._step, None
        if step is None or type is not None:
            return
        if step in self.completed:
            raise InvalidArgument(f"the step '{step}' of process '{self.name}' is done already", "invalid_argument")
        self.completed.append(step)
        self._checkpoints.create_checkpoint(
            self.name, self.state, tables=self.tables, current_step=step, completed_steps=self.completed
        )
