"""Export a complete dataset: processed data and analytical tables, as one verified version.

Run it in any folder; everything it makes is there afterwards.
"""

from pathlib import Path

import pandas as pd

from cairn.config import PipelineConfig
from cairn.data_exporter import ExportManager

CONFIGURATION = """
# Output formats
output_formats:
  - csv
  - parquet

# File paths
output_data_path: data/output
processed_data_path: data/processed
temp_data_path: data/temp

# Cache settings (in PersistenceManager)
max_cache_size_gb: 2.0
cache_ttl_hours: 24
"""
Path("config").mkdir(exist_ok=True)
Path("config/pipeline_config.yaml").write_text(CONFIGURATION)

processed_df = pd.DataFrame({"order_id": [1, 2, 3], "city": ["São Paulo", None, "Rio"], "price": [19.9, 5.0, 12.5]})
analytical_dict = {"revenue_by_city": processed_df.groupby("city", as_index=False).agg({"price": "sum"})}

config = PipelineConfig.from_file("config/pipeline_config.yaml")
export_manager = ExportManager(config)

# Export complete dataset
export_summary = export_manager.export_complete_dataset(
    processed_data=processed_df,
    analytical_tables=analytical_dict,
    dataset_name="ecommerce_data"
)

print(f"{export_summary.version.reference}: {export_summary.version.rows} rows")
for file in export_summary.files:
    print(f"  {file.path}")
