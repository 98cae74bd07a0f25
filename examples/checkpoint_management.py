"""Save state and data of a process, and load them again."""

import pandas as pd

from cairn.config import PipelineConfig
from cairn.data_persistence import PersistenceManager

config = PipelineConfig.discover()
persistence_manager = PersistenceManager(config)
current_data = pd.DataFrame({"order_id": [1, 2], "price": [19.9, None]})

# Create checkpoint
checkpoint_id = persistence_manager.create_process_checkpoint(
    process_name="etl_pipeline",
    current_step="transformation",
    completed_steps=["ingestion", "cleaning"],
    data=current_data,
    additional_state={"batch_id": "batch_001"}
)

# Load checkpoint
state, data = persistence_manager.checkpoint_manager.load_checkpoint(checkpoint_id)

pd.testing.assert_frame_equal(data, current_data)
print(f"{checkpoint_id}: after {state['completed_steps']}, in {state['current_step']} of {state['batch_id']}")
