"""Keep an intermediate result, and find it again under the same parameters."""

import pandas as pd

from cairn.config import PipelineConfig
from cairn.data_persistence import PersistenceManager

config = PipelineConfig.discover()
intermediate_df = pd.DataFrame({"order_id": [1, 2], "city": ["São Paulo", None]})

persistence_manager = PersistenceManager(config)

# Cache intermediate result
cache_key = persistence_manager.cache_intermediate_result(
    data=intermediate_df,
    process_name="data_pipeline",
    step_name="cleaning",
    parameters={"remove_outliers": True, "threshold": 3.0}
)

# Retrieve cached result
cached_data = persistence_manager.get_cached_result(
    process_name="data_pipeline",
    step_name="cleaning",
    parameters={"remove_outliers": True, "threshold": 3.0}
)

pd.testing.assert_frame_equal(cached_data, intermediate_df)
print(f"{cache_key[:12]}: {len(cached_data)} rows")

# With another parameter there is nothing, and the cache says why
missed = persistence_manager.cache.explain("data_pipeline", "cleaning", {"remove_outliers": True, "threshold": 2.5})
print(f"{missed.miss}: {missed.explanation}")
