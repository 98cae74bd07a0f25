"""Tables that between them hold every type and every value that readers of CSV confuse."""

import datetime
import decimal
import math

import pyarrow as pa

NEW_YEAR = 1767225600  # 2026-01-01 in seconds


def instants(unit, zone=None, seconds=(NEW_YEAR, None, -1)):
    """Moments with every digit of the unit in use."""
    per_second = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[unit]
    values = [None if s is None else s * per_second + (123_456_789 * per_second) // 1_000_000_000 for s in seconds]
    return pa.array(values, pa.timestamp(unit, zone))


def plain_columns():
    """What every library reads with its own reader."""
    return {
        "int8": pa.array([-128, None, 127], pa.int8()),
        "int64": pa.array([9007199254740993, None, -(2**63)], pa.int64()),
        "uint64": pa.array([2**64 - 1, None, 0], pa.uint64()),
        "full": pa.array([1, 2, 3], pa.int32()),
        "float64": pa.array([0.1, math.inf, -0.0], pa.float64()),
        "float64 with nulls": pa.array([1e16, None, 1.5e300], pa.float64()),
        "bool": pa.array([True, False, True]),
        "bool with nulls": pa.array([True, None, False]),
        "text": pa.array(["NA", None, 'a "quoted"\nline, and more']),
        "empties": pa.array(["", "null", " x "]),
        "digits": pa.array(["007", "1", "true"]),
        "moment": instants("us"),
        "moment in s": instants("s"),
        "moment in ns": instants("ns"),
        "zoned": instants("ms", "Europe/Berlin"),
    }


def confused_columns():
    """What pandas would change."""
    return {
        "float32": pa.array(["7.038531e-26", None, "0.1"]).cast(pa.float32()),
        "null and empty": pa.array(["", None, "x"]),
        "null and NaN": pa.array([math.nan, None, 1.0]),
        "decimal": pa.array([decimal.Decimal("-0.50"), None, decimal.Decimal("1234567890.12")], pa.decimal128(12, 2)),
        "date": pa.array([datetime.date(2024, 2, 29), None, datetime.date(1, 1, 1)]),
        "time": pa.array([datetime.time(23, 59, 59, 1), None, datetime.time(0)], pa.time64("us")),
    }


def decoded_columns():
    """What only pyarrow reads, and hands over."""
    utc = datetime.timezone.utc
    moment = datetime.datetime(2024, 2, 29, 11, 0, 0, 1, tzinfo=utc)
    record = pa.struct([("amount", pa.decimal128(5, 2)), ('a "name"', pa.list_(pa.timestamp("us", "Europe/Berlin")))])
    return {
        "binary": pa.array([b"\x00\x01\x02\xff", None, b""], pa.binary()),
        "fixed": pa.array([b"abc", None, b"xyz"], pa.binary(3)),
        "duration": pa.array([-5, None, 86_400_000], pa.duration("ms")),
        "list": pa.array([[1, None, 3], None, []], pa.list_(pa.int64())),
        "floats": pa.array([[0.1, None, math.nan], None, [-math.inf, -0.0]], pa.list_(pa.float32())),
        "struct": pa.array(
            [{"amount": decimal.Decimal("1.50"), 'a "name"': [moment, None]}, None, {"amount": None, 'a "name"': None}],
            record,
        ),
        "map": pa.array([[("k", 1.0), ("l", None)], None, []], pa.map_(pa.string(), pa.float64())),
    }


def hostile_columns():
    """Names that try to end the literal they are put into."""
    return {
        'a"b\nc, \'x\\': pa.array([1, None, 3]),
        "*": pa.array(["x", None, "y"]),
        "^x$": instants("us", "Europe/Berlin"),
        '  "); raise SystemExit #\t': pa.array([1.0, None, 2.0]),
    }


TABLES = {
    "plain": plain_columns,
    "confused": confused_columns,
    "decoded": decoded_columns,
    "hostile": hostile_columns,
    "one column": lambda: {"text": pa.array(["", None, "x"])},
    "no rows": lambda: {name: column[:0] for name, column in plain_columns().items()},
    "only nulls": lambda: {name: pa.nulls(2, column.type) for name, column in plain_columns().items()},
}
