"""What every class that works on a store shares."""

from __future__ import annotations

from . import _core
from ._core import PipelineConfig


class Service:
    """Something that works on a store. Pickles as a reference to it."""

    _create = True  # the store, if there is none

    def __init__(self, config: PipelineConfig | None = None, *, workspace: _core.Workspace | None = None) -> None:
        self._workspace = workspace or _core.Workspace(config or PipelineConfig.discover(), self._create)

    @property
    def config(self) -> PipelineConfig:
        """The configuration of the store, paths absolute."""
        return self._workspace.config

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.config,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.config.output_data_path)!r})"
