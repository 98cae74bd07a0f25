"""The key of a cache entry a second time, written from docs/formats.md alone.

An identity is a dict of process, step, parameters (a value as typed JSON), inputs (pairs of name and digest) and code.
The golden vectors in tests/golden/cache_key are this file's answers.
"""

import datetime
import hashlib
import json
import math
import struct

NAN = 0x7FF8000000000000
EPOCH = datetime.date(1970, 1, 1)


def number(n):
    return struct.pack("<q", n) if n < 0 else struct.pack("<Q", n)


def text(t):
    raw = t if isinstance(t, bytes) else t.encode()
    return number(len(raw)) + raw


def float_bytes(x):
    if math.isnan(x):
        return number(NAN)
    return struct.pack("<d", 0.0 if x == 0 else x)


def nanoseconds(t):
    moment, fraction = t.split(".")
    whole = datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S") - datetime.datetime(1970, 1, 1)
    return (whole.days * 86400 + whole.seconds) * 10**9 + int(fraction)


def members(values):
    return number(len(values)) + b"".join(text(name) + value(values[name]) for name in sorted(values, key=str.encode))


def tagged(kind, inner, whole):
    """A value that plain JSON has no form for."""
    if kind == "$int":
        return b"i" + text(inner)
    if kind == "$float":
        return b"d" + float_bytes(float(inner))
    if kind == "$decimal":
        return b"x" + text(inner) + number(whole["scale"])
    if kind == "$bytes":
        return b"b" + text(bytes.fromhex(inner))
    if kind == "$date":
        return b"D" + number((datetime.date.fromisoformat(inner) - EPOCH).days)
    if kind == "$timestamp":
        return b"T" + number(nanoseconds(inner)) + text(whole["zone"])
    if kind == "$duration_ns":
        return b"U" + number(inner)
    if kind == "$set":
        return b"S" + number(len(inner)) + b"".join(sorted(value(member) for member in inner))
    assert kind == "$map", kind
    return b"m" + members(inner)


def value(v):
    """The canonical bytes of a value that stands in typed JSON."""
    if v is None:
        return b"n"
    if isinstance(v, bool):
        return b"t" if v else b"f"
    if isinstance(v, int):
        return b"i" + text(str(v))
    if isinstance(v, float):
        return b"d" + float_bytes(v)
    if isinstance(v, str):
        return b"s" + text(v)
    if isinstance(v, list):
        return b"l" + number(len(v)) + b"".join(map(value, v))
    first = min(v, default="")
    return tagged(first, v[first], v) if first.startswith("$") else b"m" + members(v)


def key(identity):
    fields = text("cairn-cache/1") + text(identity["process"]) + text(identity["step"])
    fields += text(value(json.loads(identity["parameters"])))
    inputs = sorted(identity["inputs"], key=lambda pair: pair[0].encode())
    fields += number(len(inputs)) + b"".join(text(name) + text(digest) for name, digest in inputs)
    return hashlib.sha256(fields + text(identity["code"])).hexdigest()
