"""The commands of the cache."""

import json

import pytest

ROWS = "id,name\n1,Ana\n2,\n3,João\n"
NAMES = ("--process", "shop", "--step", "clean")
PARAMETERS = ("--param", "threshold=2.5", "--param", "mode=fast")


@pytest.fixture
def cache(cairn):
    """A folder with one result in its cache."""
    cairn.write("rows.csv", ROWS)
    cairn("cache", "put", "rows.csv", *NAMES, *PARAMETERS, "--code", "v1", "--cost", "40s")
    return cairn


def test_what_is_put_is_got(cache):
    result = cache("cache", "get", *NAMES, *PARAMETERS, "--code", "v1")
    assert result.stdout == "id,name\n1,Ana\n2,\n3,João\n"
    lines = cache("cache", "get", *NAMES, *PARAMETERS, "--code", "v1", "--column", "name", "--head", "1", "--json")
    assert lines.stdout == '{"name":"Ana"}\n'


def test_no_store_is_needed_and_none_is_made(cache):
    assert not (cache.folder / "data/output").exists()


def test_a_miss_names_what_changed(cache):
    result = cache("cache", "get", *NAMES, "--param", "threshold=3", "--param", "mode=fast", "--code", "v1", code=1)
    assert result.stdout == ""
    assert result.error == "cairn: miss, parameter: parameter 'threshold' was 2.5 (float), is 3 (int)"
    told = cache("cache", "explain", *NAMES, *PARAMETERS, "--code", "v2", "--json", code=1).json
    assert (told["hit"], told["miss"]) == (False, "code")
    assert told["explanation"] == "code version was 'v1', is 'v2'"
    assert cache("cache", "explain", *NAMES, *PARAMETERS, "--code", "v1").stdout.startswith("hit: ")


def test_an_input_is_known_by_its_content(cairn):
    cairn.write("rows.csv", ROWS)
    cairn.write("orders.csv", "id,amount\n1,2.50\n")
    cairn("cache", "put", "rows.csv", *NAMES, "--input", "orders=orders.csv")
    cairn.write("copy.csv", "id,amount\r\n1,2.5\r\n")
    assert cairn.json("cache", "explain", *NAMES, "--input", "orders=copy.csv")["hit"]
    cairn.write("orders.csv", "id,amount\n1,2.75\n")
    told = cairn("cache", "explain", *NAMES, "--input", "orders=orders.csv", "--json", code=1).json
    assert told["miss"] == "input"
    assert told["explanation"] == "input 'orders' changed: column 'amount' changed"


def test_listing_and_counting(cache):
    entry = cache.json("cache", "ls")[0]
    assert {key: entry[key] for key in ("process", "step", "rows", "code_version", "cost_us", "pinned", "weak")} == {
        "process": "shop", "step": "clean", "rows": 3, "code_version": "v1", "cost_us": 40_000_000,
        "pinned": False, "weak": False,
    }  # fmt: skip
    assert entry["parameters"] == {"mode": "fast", "threshold": 2.5}
    assert entry["key"][:12] in cache("cache", "ls").stdout
    cache("cache", "get", *NAMES, *PARAMETERS, "--code", "v1")
    cache("cache", "get", *NAMES, code=1)
    stats = cache.json("cache", "stats")
    assert (stats["entries"], stats["hits"], stats["puts"]) == (1, 1, 1)
    assert stats["misses"]["parameter"] == 1
    assert stats["time_saved_us"] > 39_000_000
    assert "1 result" in cache("cache", "stats").stdout
    mirror = json.loads((cache.folder / "data/temp/cache/cache_metadata.json").read_text())
    assert mirror["entries"][0]["key"] == entry["key"]


def test_pinning(cache):
    key = cache.json("cache", "ls")[0]["key"]
    cache("cache", "pin", key[:10])
    assert cache.json("cache", "ls")[0]["pinned"]
    cache("cache", "pin", key[:10], "--remove")
    assert not cache.json("cache", "ls")[0]["pinned"]
    cache("cache", "pin", "beef" if not key.startswith("beef") else "dead", code=10)


def test_clearing_says_what_before_it_does(cache):
    planned = cache.json("cache", "clear", "--step", "clean", "-n")
    assert planned["dry_run"] and len(planned["entries"]) == 1
    assert len(cache.json("cache", "ls")) == 1
    done = cache.json("cache", "clear", "--step", "clean")
    assert done == {**planned, "dry_run": False}
    assert cache.json("cache", "ls") == []
    assert cache("cache", "clear", code=2).error.endswith("give --process, --step or --key, or else --all")
    cache("cache", "clear", "--all")


def test_gc_changes_nothing_without_apply(cache):
    entry = next((cache.folder / "data/temp/cache").glob("*.parquet"))
    entry.write_bytes(entry.read_bytes()[:-1])
    planned = cache.json("cache", "gc")
    assert planned["dry_run"] and len(planned["entries"]) == 1
    assert entry.exists()
    assert cache.json("cache", "gc", "--apply") == {**planned, "dry_run": False}
    assert not entry.exists()
    told = cache("cache", "explain", *NAMES, *PARAMETERS, "--code", "v1", "--json", code=1).json
    assert told["miss"] == "corrupt"


def test_a_time_to_live(cairn):
    cairn.write("rows.csv", ROWS)
    cairn("cache", "put", "rows.csv", *NAMES, "--ttl", "forever")
    assert cairn.json("cache", "ls")[0]["expires"] is None
    cairn("cache", "put", "rows.csv", *NAMES, "--code", "v2", "--ttl", "0s")
    told = cairn("cache", "explain", *NAMES, "--code", "v2", "--json", code=1).json
    assert told["miss"] == "expired"


def test_what_is_too_large_is_not_kept(cairn):
    cairn.write("cairn.yaml", "max_cache_size_gb: 0.000002\n")
    cairn.write("rows.csv", ROWS)
    told = cairn("cache", "put", "rows.csv", *NAMES, "--json", code=1).json
    assert told["miss"] == "not_admitted"


def test_wrong_identities_are_one_line(cache):
    twice = ["--param", "x=1", "--param", "x=2"]
    for words in (["--param", "x"], twice, ["--input", "orders"], ["--input", "a=gone.csv"]):
        result = cache("cache", "explain", *NAMES, *words, code=None)
        assert result.code in (2, 10), words
        assert result.error
    result = cache("cache", "get", *NAMES, *PARAMETERS, "--code", "v1", "--column", "nmae", code=2)
    assert "column 'nmae'" in result.error


def test_an_empty_folder_has_an_empty_cache(cairn):
    assert cairn.json("cache", "ls") == []
    assert cairn.json("cache", "stats")["entries"] == 0
    assert cairn.json("cache", "gc", "--apply")["entries"] == []
    cairn("cache", "get", *NAMES, code=1)
    assert not (cairn.folder / "data").exists()
