"""Publish tables as versioned, verified CSV and Parquet datasets.

    import cairn

    with cairn.open("data/output") as store:
        store.export(frame, "orders", tags=["gold"])
        store["orders"].latest().to_polars()

The classes of the specification are here and in the modules that it names: `cairn.config`, `cairn.data_exporter`,
`cairn.data_integrity`, `cairn.data_persistence`.
"""

import logging

import pyarrow  # noqa: F401  first: the extension uses the libarrow that it loads

from .config import CsvDialect, ParquetOptions, PipelineConfig
from .data_exporter import DataExporter, DatasetVersion, DataVersionManager, ExportManager, ExportSummary
from .data_integrity import DataIntegrityValidator, IntegrityReport
from .data_persistence import CheckpointManager, DataCache, DataLineageTracker, PersistenceManager
from .errors import (
    CairnError,
    CommitUnknown,
    Conflict,
    Corrupt,
    InvalidArgument,
    NotFound,
    OutOfSpace,
    PermissionDenied,
    StorageError,
    Unsupported,
)
from .store import Dataset, Store, Version
from .store import open_store as open

__version__ = "0.1.0"

__all__ = [
    "CairnError",
    "CheckpointManager",
    "CommitUnknown",
    "Conflict",
    "Corrupt",
    "CsvDialect",
    "DataCache",
    "DataExporter",
    "DataIntegrityValidator",
    "DataLineageTracker",
    "DataVersionManager",
    "Dataset",
    "DatasetVersion",
    "ExportManager",
    "ExportSummary",
    "IntegrityReport",
    "InvalidArgument",
    "NotFound",
    "OutOfSpace",
    "ParquetOptions",
    "PermissionDenied",
    "PersistenceManager",
    "PipelineConfig",
    "StorageError",
    "Store",
    "Unsupported",
    "Version",
    "open",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())
