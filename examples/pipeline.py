"""A whole pipeline: a cached step, lineage, a process that goes on after a crash, versions."""

import polars as pl

import cairn

with cairn.open("data/output") as store:

    @store.cache(ttl="24h", ignore=["verbose"])
    def clean(orders: pl.DataFrame, *, lowest: float = 0.0, verbose: bool = False) -> pl.DataFrame:
        """Computed once for an input, whoever asks."""
        if verbose:
            print("cleaning")
        return orders.filter(pl.col("price") > lowest)

    raw = pl.DataFrame({"order_id": [1, 2, 3], "price": [19.9, -1.0, 12.5]})
    orders = clean(raw, verbose=True)
    print(clean.explain(raw, lowest=5.0).explanation)

    store.lineage.register_dataset("file:raw/orders.csv", {"delivered_by": "shop"})
    with store.run("etl.clean", inputs=["file:raw/orders.csv"]) as run:
        version = run.export(orders, "orders", tags=["gold"])
    print([node.reference for node in store.lineage.upstream("orders").nodes])

    with store.checkpoints("etl") as process:
        for step in process.pending(["count", "report"]):
            with process.step(step):
                process.state[step] = version.to_arrow().num_rows
    print(process.state)

    print(store["orders"].at("tag:gold").to_pandas())
    print(version.verify().verdict)
