"""Record where data came from and what was made of it, and ask."""

from cairn.config import PipelineConfig
from cairn.data_persistence import PersistenceManager

config = PipelineConfig.discover()
persistence_manager = PersistenceManager(config)

# Register dataset
persistence_manager.lineage_tracker.register_dataset(
    "raw_sales_data",
    {"source": "sales_db", "records": 1000000, "date": "2023-01-01"}
)

# Track transformation
persistence_manager.lineage_tracker.track_transformation(
    "sales_cleaning_001",
    ["raw_sales_data"],
    ["cleaned_sales_data"],
    "data_cleaning",
    {"remove_duplicates": True, "validate_emails": True}
)

for node in persistence_manager.lineage_tracker.upstream("cleaned_sales_data").nodes:
    print(node.reference, node.metadata)
