"""The golden vectors of cd1: how to read tests/golden/cd1/vectors.json, and how it was made.

    .venv/bin/python tests/python/cd1_vectors.py      writes it again

A vector is a table and its digests. Small tables are Arrow IPC streams; large ones are recipes, made
from numbers that both implementations can compute: bits(i) = splitmix64(seed + i).
"""

import base64
import decimal
import json
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

import cd1_reference as cd1

PATH = Path(__file__).parent.parent / "golden" / "cd1" / "vectors.json"
MASK = 2**64 - 1


def splitmix64(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & MASK
    return x ^ x >> 31


RECIPES = {
    "int64": (pa.int64(), lambda bits: bits - 2**64 if bits >> 63 else bits),
    "uint8": (pa.uint8(), lambda bits: bits & 255),
    "float64": (pa.float64(), lambda bits: math.nan if bits % 64 == 0 else (bits >> 11) * 2.0**-30),
    "bool": (pa.bool_(), lambda bits: bits & 1 == 1),
    "utf8": (pa.utf8(), lambda bits: f"v{bits % 1000}".encode()),
    "list<uint8>": (pa.list_(pa.uint8()), lambda bits: [bits >> 8 & 255] * (bits % 4)),
}


def recipe_columns(recipe):
    t, value = RECIPES[recipe["type"]]
    every = recipe["null_every"]
    numbers = (splitmix64(recipe["seed"] + i) for i in range(recipe["rows"]))
    return [("x", t, [None if every and (b >> 40) % every == 0 else value(b) for b in numbers])]


def columns_of(vector):
    """The number of rows and the columns of a vector."""
    if "recipe" in vector:
        return vector["recipe"]["rows"], recipe_columns(vector["recipe"])
    table = pa.ipc.open_stream(base64.b64decode(vector["ipc"])).read_all()
    return table.num_rows, cd1.columns_of(table)


def digests_of(vector):
    rows, columns = columns_of(vector)
    return {"root": cd1.content_digest(rows, columns),
            "multiset": cd1.multiset_digest(rows, columns)}


def load():
    return json.loads(PATH.read_text())


# Making them


def ipc_of(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return base64.b64encode(sink.getvalue().to_pybytes()).decode()


def table_of(array):
    return pa.table([array], schema=pa.schema([pa.field("x", array.type)]))


def integers(t):
    width = t.bit_width
    low, high = (0, 2**width - 1) if str(t).startswith("u") else (-(2**(width - 1)), 2**(width - 1) - 1)
    return t, [low, 1, 0, 7, high]


def decimals(t):
    with decimal.localcontext() as context:
        context.prec = 100
        nines = 10**t.precision - 1
        return t, [decimal.Decimal(v).scaleb(-t.scale) for v in (nines, -nines, 0, 7, -1)]


TEXTS = ["", "a", "grün", "twelve bytes", "thirteen byte", "日本語 and more", "🙂" * 5, "a\0b", "\n"]
BLOBS = [b"", b"\0", b"\xff\xfe", b"0123456789ab", b"0123456789abc", b"\0" * 20]
FLOATS = [0.0, -0.0, 1.5, -2.25, math.inf, -math.inf, math.nan]


def typed_values():
    """Types, each with values worth hashing."""
    yield pa.bool_(), [True, False, True, True, False, False, True, True, False]
    for t in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(),
              pa.uint64()):
        yield integers(t)
    yield pa.float16(), FLOATS + [65504.0, 2.0**-24]
    yield pa.float32(), FLOATS + [2.0**-149, 3.4028234663852886e38]
    yield pa.float64(), FLOATS + [5e-324, 1.7976931348623157e308, 0.1]
    for t in (pa.decimal32(9, 2), pa.decimal64(9, 2), pa.decimal128(9, 2), pa.decimal256(9, 2),
              pa.decimal64(18, 0), pa.decimal128(38, 10), pa.decimal256(38, 10), pa.decimal256(76, 38),
              pa.decimal256(39, 0), pa.decimal128(5, -3)):
        yield decimals(t)
    for t in (pa.utf8(), pa.large_utf8(), pa.string_view()):
        yield t, TEXTS
    for t in (pa.binary(), pa.large_binary(), pa.binary_view()):
        yield t, BLOBS
    yield pa.binary(3), [b"abc", b"\0\0\0", b"\xff\xff\xff"]
    yield pa.date32(), [0, -1, 19782, -2**31, 2**31 - 1]
    yield pa.date64(), [0, -86400000, 86400000]
    for unit in ("s", "ms"):
        yield pa.time32(unit), [0, 1, 86399]
    for unit in ("us", "ns"):
        yield pa.time64(unit), [0, 1, 86399999999]
    for unit in ("s", "ms", "us", "ns"):
        yield pa.timestamp(unit), [0, -1, 1700000000, 2**63 - 1, -2**63]
        yield pa.duration(unit), [0, -1, 2**63 - 1]
    for zone in ("UTC", "Europe/Berlin", "+02:00"):
        yield pa.timestamp("us", zone), [0, 1700000000000000]
    yield pa.month_day_nano_interval(), [(1, -2, 3), (0, 0, 0), (-2**31, 2**31 - 1, 2**63 - 1)]
    nested = [[1, None], [], [3, 4, 5]]
    for t in (pa.list_(pa.int32()), pa.large_list(pa.int32()), pa.list_view(pa.int32()),
              pa.large_list_view(pa.int32())):
        yield t, nested
    yield pa.list_(pa.utf8()), [["", "a"], [], [None]]
    yield pa.list_(pa.list_(pa.float64())), [[[1.0], None, []], [], [[math.nan, None]]]
    yield pa.list_(pa.int16(), 2), [[1, 2], [None, 3], [4, None]]
    yield pa.list_(pa.utf8(), 1), [["a"], [None], [""]]
    yield pa.struct([("a", pa.int8()), ("b c", pa.utf8())]), [
        {"a": 1, "b c": "x"}, {"a": None, "b c": ""}, {"a": 3, "b c": None}]
    yield pa.struct([("inner", pa.struct([("l", pa.list_(pa.bool_()))]))]), [
        {"inner": {"l": [True, None]}}, {"inner": None}, {"inner": {"l": []}}]
    yield pa.map_(pa.utf8(), pa.int32()), [[("k", 1), ("l", None)], [], [("k", 2)]]
    yield pa.dictionary(pa.int8(), pa.utf8()), ["b", "a", "b", "b"]
    yield pa.dictionary(pa.uint16(), pa.int64()), [10, 20, 10]
    yield pa.list_(pa.dictionary(pa.int32(), pa.utf8())), [["x", "y"], [], ["x", None]]


def small_tables():
    yield "null type", table_of(pa.nulls(5))
    yield "null type without rows", table_of(pa.nulls(0))
    for t, values in typed_values():
        label = f"{cd1.logical_type(t)} as {t}"
        with_nulls = [item for value in values for item in (value, None)]
        yield f"{label}, values", table_of(make(t, values))
        yield f"{label}, nulls between", table_of(make(t, with_nulls))
        yield f"{label}, all null", table_of(make(t, [None] * 3))
        yield f"{label}, no rows", table_of(make(t, []))


def make(t, values):
    kinds = pa.types
    if kinds.is_temporal(t) and not kinds.is_interval(t):
        return pa.array(values, pa.int32() if t.bit_width == 32 else pa.int64()).view(t)
    return pa.array(values, t)


def masked(array, valid):
    """`array` with other slots marked null, their contents left in place."""
    buffers = array.buffers()
    bitmap = pa.py_buffer(bytes([sum(v << i for i, v in enumerate(valid))]))
    return pa.Array.from_buffers(array.type, len(array), [bitmap] + buffers[1:])


def special_tables():
    yield "no columns, no rows", pa.table({})
    some = {"id": pa.array([1, 2, None], pa.int64()), "näme": pa.array(["x", None, ""]),
            "": pa.array([0.5, math.nan, None])}
    yield "several columns", pa.table(some)
    yield "several columns in another order", pa.table(dict(reversed(some.items())))
    yield "two columns of one name", pa.Table.from_arrays(
        [pa.array([1, 2]), pa.array([2, 1])], names=["a", "a"])
    yield "several batches", pa.Table.from_batches(
        [pa.record_batch({"x": pa.array(part, pa.utf8())}) for part in (["a", None], [], ["b"] * 9)])
    yield "a slice", pa.table(some).slice(1, 1)
    yield "nulls over numbers", table_of(masked(pa.array([1, 99, 3], pa.int32()), [1, 0, 1]))
    yield "nulls over strings", table_of(masked(pa.array(["a", "junk", "c"]), [1, 0, 1]))
    yield "nulls over NaN", table_of(masked(pa.array([1.0, math.nan, 3.0]), [1, 0, 1]))
    yield "a bitmap of ones", table_of(masked(pa.array([1, 2, 3], pa.int8()), [1, 1, 1]))
    for t, items in ((pa.utf8(), ["a", "a", None, None, "b"]), (pa.int64(), [1, 1, 1, None, 2])):
        runs = pc.run_end_encode(pa.array(items, t))
        yield f"runs of {t}", table_of(runs)
        yield f"a slice of runs of {t}", table_of(runs.slice(1, 3))
    entries = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2], pa.int8()),
                                             pa.array(["a", None, "unused then used"]))
    yield "a dictionary with a null entry", table_of(entries)
    yield "an extension type", table_of(pa.array([b"0123456789abcdef", None], pa.uuid()))
    yield "a name that needs quotes", table_of(
        pa.array([{'q"\\': 1}], pa.struct([('q"\\', pa.int8())])))
    yield "a struct without fields", table_of(pa.array([{}, None], pa.struct([])))
    for count in (8, 9, 64, 65, 129):
        yield f"{count} bools", table_of(pa.array([i % 3 == 0 for i in range(count)]))
        yield f"{count} bools with nulls", table_of(
            pa.array([None if i % 5 == 0 else i % 3 == 0 for i in range(count)]))
    for length in (1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1025):
        yield f"a string of {length} bytes", table_of(pa.array(["s" * length]))


def recipes():
    for rows in (4095, 4096, 4097, 65535, 65536, 65537, 140000):
        yield {"type": "int64", "rows": rows, "null_every": 0, "seed": 1}
    for kind in RECIPES:
        for rows in (4097, 65537):
            yield {"type": kind, "rows": rows, "null_every": 10, "seed": 2}


def make_vectors():
    for name, table in (*small_tables(), *special_tables()):
        yield {"name": name, "ipc": ipc_of(table)}
    for recipe in recipes():
        nulls = f", every {recipe['null_every']}th null" if recipe["null_every"] else ""
        yield {"name": f"{recipe['rows']} x {recipe['type']}{nulls}", "recipe": recipe}


def main():
    lines = [json.dumps(vector | digests_of(vector), ensure_ascii=False) for vector in make_vectors()]
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
