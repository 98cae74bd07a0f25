"""What a pipeline is told once: where its data goes, and in which form."""

from ._core import CsvDialect, ParquetOptions, PipelineConfig, Setting, explain_config

__all__ = ["CsvDialect", "ParquetOptions", "PipelineConfig", "Setting", "explain_config"]
