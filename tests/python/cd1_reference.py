"""The content digest cd1 a second time, written from docs/formats.md alone.

Slow and simple on purpose: Python values one at a time. pyarrow only holds the values; hashes come
from hashlib and xxhash. The golden vectors in tests/golden/cd1 are this file's answers.
"""

import hashlib
import struct

import pyarrow as pa
import xxhash

STRIDE_ROWS = 4096
BLOCK_ROWS = 65536

PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/+-.")

INTEGER_FORMATS = {
    "int8": "b", "int16": "h", "int32": "i", "int64": "q",
    "uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q",
}
FLOAT_FORMATS = {"float16": "e", "float32": "f", "float64": "d"}
NANS = {"e": "007e", "f": "0000c07f", "d": "000000000000f87f"}


# Logical types


def quoted_unless_plain(name):
    if name and set(name) <= PLAIN:
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def any_list(t):
    kinds = pa.types
    return (kinds.is_list(t) or kinds.is_large_list(t) or kinds.is_list_view(t)
            or kinds.is_large_list_view(t))


def any_text(t):
    kinds = pa.types
    return kinds.is_string(t) or kinds.is_large_string(t) or kinds.is_string_view(t)


def any_bytes(t):
    kinds = pa.types
    return kinds.is_binary(t) or kinds.is_large_binary(t) or kinds.is_binary_view(t)


def stored_type(t):
    """The type without the layouts that only repeat values."""
    while True:
        if isinstance(t, pa.BaseExtensionType):
            t = t.storage_type
        elif pa.types.is_dictionary(t) or pa.types.is_run_end_encoded(t):
            t = t.value_type
        else:
            return t


def logical_type(t):
    t = stored_type(t)
    kinds = pa.types
    if any_text(t):
        return "utf8"
    if any_bytes(t):
        return "binary"
    if kinds.is_fixed_size_binary(t):
        return f"fixed_size_binary[{t.byte_width}]"
    if kinds.is_decimal(t):
        return f"decimal({t.precision}, {t.scale})"
    if kinds.is_date(t):
        return "date32" if kinds.is_date32(t) else "date64"
    if kinds.is_time(t):
        return f"time32[{t.unit}]" if kinds.is_time32(t) else f"time64[{t.unit}]"
    if kinds.is_timestamp(t):
        zone = f", {quoted_unless_plain(t.tz)}" if t.tz else ""
        return f"timestamp[{t.unit}{zone}]"
    if kinds.is_duration(t):
        return f"duration[{t.unit}]"
    if kinds.is_interval(t):
        return "interval[months, days, ns]"
    if kinds.is_map(t):
        return f"map<{logical_type(t.key_type)}, {logical_type(t.item_type)}>"
    if any_list(t):
        return f"list<{logical_type(t.value_type)}>"
    if kinds.is_fixed_size_list(t):
        return f"fixed_size_list<{logical_type(t.value_type)}, {t.list_size}>"
    if kinds.is_struct(t):
        fields = (f"{quoted_unless_plain(f.name)}: {logical_type(f.type)}" for f in t)
        return f"struct<{', '.join(fields)}>"
    names = {"halffloat": "float16", "float": "float32", "double": "float64"}
    return names.get(str(t), str(t))


# Values


def value_of(scalar, t):
    """One value as plain Python: None, a number, bytes, a list, or a list of fields."""
    while isinstance(scalar, (pa.DictionaryScalar, pa.RunEndEncodedScalar, pa.ExtensionScalar)):
        t = t.storage_type if isinstance(t, pa.BaseExtensionType) else t.value_type
        scalar = scalar.value
    if scalar is None or not scalar.is_valid:
        return None
    kinds = pa.types
    if kinds.is_temporal(t) and not kinds.is_interval(t):
        return scalar.value
    if any_text(t) or any_bytes(t) or kinds.is_fixed_size_binary(t):
        return scalar.as_buffer().to_pybytes()
    if kinds.is_decimal(t):
        return unscaled(scalar.as_py(), t.scale)
    if kinds.is_map(t):
        return [value_of(item, scalar.values.type) for item in scalar.values]
    if any_list(t) or kinds.is_fixed_size_list(t):
        return [value_of(item, t.value_type) for item in scalar.values]
    if kinds.is_struct(t):
        return [value_of(scalar[i], t.field(i).type) for i in range(t.num_fields)]
    return scalar.as_py()


def unscaled(decimal, scale):
    sign, digits, exponent = decimal.as_tuple()
    number = int("".join(map(str, digits))) * 10 ** max(0, exponent + scale)
    if exponent + scale < 0:
        number //= 10 ** -(exponent + scale)
    return -number if sign else number


# Canonical bytes


def bits(flags):
    packed = bytearray((len(flags) + 7) // 8)
    for i, flag in enumerate(flags):
        packed[i // 8] |= bool(flag) << (i % 8)
    return bytes(packed)


def canonical(values, t):
    t = stored_type(t)
    valid = [v for v in values if v is not None]
    if len(valid) == len(values):
        validity = b"\0"
    else:
        validity = b"\1" + bits([v is not None for v in values])
    return validity + canonical_valid(valid, t)


def lengths(values):
    return b"".join(struct.pack("<I", len(v)) for v in values)


def flattened(values):
    return [item for value in values for item in value]


def canonical_float(value, code):
    if value != value:
        return bytes.fromhex(NANS[code])
    return struct.pack("<" + code, value)


def canonical_valid(values, t):
    kinds = pa.types
    text = logical_type(t)
    if kinds.is_null(t):
        return b""
    if kinds.is_boolean(t):
        return bits(values)
    if text in FLOAT_FORMATS:
        return b"".join(canonical_float(v, FLOAT_FORMATS[text]) for v in values)
    if text in INTEGER_FORMATS:
        return struct.pack(f"<{len(values)}{INTEGER_FORMATS[text]}", *values)
    if kinds.is_date32(t) or kinds.is_time32(t):
        return struct.pack(f"<{len(values)}i", *values)
    if kinds.is_interval(t):
        return b"".join(struct.pack("<iiq", *v) for v in values)
    if kinds.is_temporal(t):
        return struct.pack(f"<{len(values)}q", *values)
    if kinds.is_decimal(t):
        width = 16 if t.precision <= 38 else 32
        return b"".join(v.to_bytes(width, "little", signed=True) for v in values)
    if any_text(t) or any_bytes(t):
        return lengths(values) + b"".join(values)
    if kinds.is_fixed_size_binary(t):
        return b"".join(values)
    if kinds.is_map(t):
        entries = pa.struct([("key", t.key_type), ("value", t.item_type)])
        return lengths(values) + canonical(flattened(values), entries)
    if any_list(t):
        return lengths(values) + canonical(flattened(values), t.value_type)
    if kinds.is_fixed_size_list(t):
        return canonical(flattened(values), t.value_type)
    if kinds.is_struct(t):
        return b"".join(canonical([row[i] for row in values], t.field(i).type)
                        for i in range(t.num_fields))
    raise TypeError(f"no digest for {t}")


# Digests


def xxh3_128(data, seed=0):
    return xxhash.xxh3_128_intdigest(data, seed).to_bytes(16, "little")


def digest_of_fields(*fields):
    preimage = b""
    for field in fields:
        if isinstance(field, int):
            preimage += struct.pack("<Q", field)
        else:
            text = field.encode() if isinstance(field, str) else field
            preimage += struct.pack("<Q", len(text)) + text
    return hashlib.sha256(preimage).hexdigest()


def leaves(values, t):
    strides = [xxh3_128(canonical(values[i:i + STRIDE_ROWS], t))
               for i in range(0, len(values), STRIDE_ROWS)]
    per_block = BLOCK_ROWS // STRIDE_ROWS
    return b"".join(xxh3_128(b"".join(strides[i:i + per_block]))
                    for i in range(0, len(strides), per_block))


def columns_of(table):
    """Name, type and values of each column of a pyarrow table."""
    return [(name, column.type, [value_of(scalar, column.type) for scalar in column])
            for name, column in zip(table.column_names, table.columns)]


def content_digest(rows, columns):
    """cd1 of columns as `columns_of` gives them."""
    fields = ["cd1:table", rows, len(columns)]
    for name, t, values in columns:
        fields += [name, digest_of_fields("cd1:column", logical_type(t), leaves(values, t))]
    return "cd1:" + digest_of_fields(*fields)


def multiset_digest(rows, columns):
    """cd1m of columns as `columns_of` gives them."""
    sums = [0] * rows
    for j, (_, t, values) in enumerate(columns):
        seed = xxhash.xxh3_64_intdigest(logical_type(t).encode(), j)
        for i, value in enumerate(values):
            sums[i] += xxhash.xxh3_128_intdigest(canonical([value], t), seed)
    total = sum(xxhash.xxh3_128_intdigest((row % 2**128).to_bytes(16, "little")) for row in sums)
    return f"cd1m:{total % 2**128:032x}"


def schema_fingerprint(schema):
    fields = ["sf1", len(schema)]
    for field in schema:
        fields += [field.name, logical_type(field.type), int(field.nullable)]
    return "sf1:" + digest_of_fields(*fields)
