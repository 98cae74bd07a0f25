"""Parameters and state: typed, and refused where there is no counterpart."""

import datetime
import decimal
import enum
import math
import pathlib
import zoneinfo

import hypothesis
import hypothesis.strategies as st
import numpy
import pandas
import pytest

import cairn
from cairn import _core


def back(value):
    return _core.from_json(_core.to_json(value))


class Color(enum.Enum):
    RED = 1


SMALL = st.timedeltas(datetime.timedelta(-90_000), datetime.timedelta(90_000))
MOMENTS = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4)
    | st.dates()
    | MOMENTS
    | MOMENTS.map(lambda moment: moment.replace(tzinfo=zoneinfo.ZoneInfo("America/Sao_Paulo")))
    | MOMENTS.map(lambda moment: moment.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30))))
    | SMALL
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("abc$", max_size=4), inner, max_size=3)
    | st.sets(st.integers() | st.text("ab"), max_size=3),
    max_leaves=8,
)


@hypothesis.settings(max_examples=500, deadline=None, database=None, derandomize=True)
@hypothesis.given(value=VALUES)
def test_values_come_back_as_the_type_they_were(value):
    copy = back(value)
    assert copy == value and type(copy) is type(value)
    assert repr(copy) == repr(value) or isinstance(value, dict | set | list | datetime.datetime)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, "a"), [1, "a"]),
        (frozenset({1}), {1}),
        ({(1, 2)}, {(1, 2)}),
        (bytearray(b"x"), b"x"),
        (Color.RED, "RED"),
        (pathlib.PurePosixPath("/a/b"), "/a/b"),
        (numpy.int8(-3), -3),
        (numpy.uint64(2**64 - 1), 2**64 - 1),
        (numpy.float32(0.5), 0.5),
        (numpy.longdouble(0.5), 0.5),
        (numpy.bool_(True), True),
        (numpy.str_("x"), "x"),
        (numpy.datetime64("2026-01-15"), datetime.date(2026, 1, 15)),
        (numpy.datetime64("2026-01-15T09:30", "s"), datetime.datetime(2026, 1, 15, 9, 30)),
        (numpy.timedelta64(3, "h"), datetime.timedelta(hours=3)),
        (pandas.Timestamp(1, unit="ns"), pandas.Timestamp(1, unit="ns")),
        (pandas.Timedelta(1, unit="ns"), pandas.Timedelta(1, unit="ns")),
        (decimal.Decimal("1E+3"), decimal.Decimal("1E+3")),
    ],
)
def test_what_has_a_counterpart_becomes_it(value, expected):
    copy = back(value)
    assert copy == expected and type(copy) is type(expected)


def test_nan_and_signed_zero_survive():
    assert math.isnan(back(math.nan))
    assert math.copysign(1, back(-0.0)) == -1


@pytest.mark.parametrize(
    "value",
    [
        object(),
        1j,
        datetime.time(1),
        datetime.datetime.max,
        decimal.Decimal("NaN"),
        pandas.NaT,
        pandas.NA,
        numpy.datetime64("NaT"),
        numpy.array([1]),
        {1: "a"},
        "\ud800",
        len,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_counterpart_is_a_type_error_that_names_the_place(value):
    with pytest.raises(cairn.Unsupported, match=r"at \[1\]\.a") as raised:
        _core.to_json([0, {"a": value}])
    assert isinstance(raised.value, TypeError) and raised.value.next_step


def test_a_structure_that_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(cairn.Unsupported, match="more than 64 levels"):
        _core.to_json(loop)
