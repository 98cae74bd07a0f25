"""The golden vectors of cache keys: how to read tests/golden/cache_key/vectors.json, and how it was made.

    .venv/bin/python tests/python/cache_key_vectors.py      writes it again
"""

import json
from pathlib import Path

import cache_key_reference

PATH = Path(__file__).parent.parent / "golden" / "cache_key" / "vectors.json"

VALUES = {
    "null": "null", "true": "true", "false": "false",
    "zero": "0", "one": "1", "minus one": "-1", "one as float": "1.0", "one as text": '"1"',
    "largest int": '{"$int":"9223372036854775807"}', "smallest int": '{"$int":"-9223372036854775808"}',
    "beyond 64 bits": '{"$int":"18446744073709551616"}', "below 64 bits": '{"$int":"-99999999999999999999"}',
    "zero as float": "0.0", "minus zero": "-0.0", "a third": "0.3333333333333333", "tiny": "5e-324",
    "NaN": '{"$float":"nan"}', "infinity": '{"$float":"inf"}', "minus infinity": '{"$float":"-inf"}',
    "empty text": '""', "text": '"café"', "the same text decomposed": '"cafe\\u0301"', "text with NUL": '"a\\u0000b"',
    "text that looks like a tag": '"$int"', "a letter beyond 16 bits": '"\\ud83d\\ude00"',
    "decimal 1.50": '{"$decimal":"150","scale":2}', "decimal 1.5": '{"$decimal":"15","scale":1}',
    "decimal of negative scale": '{"$decimal":"-12","scale":-3}',
    "no bytes": '{"$bytes":""}', "bytes": '{"$bytes":"00ff31"}',
    "date": '{"$date":"2026-01-15"}', "first date": '{"$date":"0001-01-01"}', "last date": '{"$date":"9999-12-31"}',
    "timestamp": '{"$timestamp":"2026-01-15T09:30:12.000000001","zone":"UTC"}',
    "timestamp without zone": '{"$timestamp":"2026-01-15T09:30:12.000000001","zone":""}',
    "timestamp before 1970": '{"$timestamp":"1969-12-31T23:59:59.999999999","zone":"Europe/Lisbon"}',
    "duration": '{"$duration_ns":86400000000000}', "negative duration": '{"$duration_ns":-1}',
    "empty list": "[]", "list": "[1,2]", "list in another order": "[2,1]", "list in a list": "[[1],2]",
    "empty set": '{"$set":[]}', "set": '{"$set":[1,2,"a"]}', "set in another order": '{"$set":["a",2,1]}',
    "set of lists": '{"$set":[[1,2],[1],[]]}',
    "empty map": "{}", "map": '{"a":1,"b":2}', "map in another order": '{"b":2,"a":1}',
    "map whose names and texts could run together": '{"ab":"c"}', "map whose texts could": '{"a":"bc"}',
    "names in the order of their bytes": '{"\\ud83d\\ude00":1,"\\uffff":2,"z":3}',
    "map with a member like a tag": '{"$map":{"$int":"5"}}',
    "deep": "[" * 30 + "]" * 30,
}  # fmt: skip


def identity(parameters="{}", process="shop", step="clean", inputs=(), code=""):
    return {"process": process, "step": step, "parameters": parameters, "inputs": [list(pair) for pair in inputs],
            "code": code}  # fmt: skip


def identities():
    yield "bare", identity()
    for name, text in VALUES.items():
        yield name, identity(f'{{"x":{text}}}')
    yield "another process", identity(process="shöp")
    yield "another step", identity(step="clean 2")
    yield "process and step that could run together", identity(process="shopc", step="lean")
    one, two = ("orders", "cd1:" + "0" * 64), ("customers", "cd1:" + "1" * 64)
    yield "one input", identity(inputs=[one])
    yield "two inputs", identity(inputs=[one, two])
    yield "two inputs in another order", identity(inputs=[two, one])
    yield "code version", identity(code="v1")
    yield "everything", identity(VALUES["map"], inputs=[one, two], code="v1.2-3-gabcdef")


def load():
    return json.loads(PATH.read_text())


if __name__ == "__main__":
    PATH.parent.mkdir(parents=True, exist_ok=True)
    vectors = [{"name": name, **made, "key": cache_key_reference.key(made)} for name, made in identities()]
    PATH.write_text(json.dumps(vectors, indent=1) + "\n")
