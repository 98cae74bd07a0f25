"""Any byte that changes is found, and said where."""

import collections
import json
import random
import re
import sqlite3

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import faults
import flips
import stores

FLIPS = 1000 if stores.LONG else 120
FLIPS_OF_CATALOG = 300 if stores.LONG else 30
FLIPS_OF_MIRRORS = 100 if stores.LONG else 10

ROWS = 70_000  # two blocks of digest leaves, two row groups


def write_damage_inputs(folder, rng):
    cities = ["são paulo", "rio", 'a "quoted", name', None, "", "two\nlines"]
    table = pa.table(
        {
            "id": pa.array(range(ROWS), pa.int64()),
            "city": pa.array(rng.choices(cities, k=ROWS)),
            "price": pa.array([rng.random() * 1000 if rng.random() > 0.1 else None for _ in range(ROWS)]),
            "paid": pa.array([rng.random() < 0.5 for _ in range(ROWS)]),
            "bought": pa.array([rng.randrange(10**15) for _ in range(ROWS)], pa.timestamp("us", "UTC")),
        }
    )
    pq.write_table(table, folder / "orders.parquet")
    pq.write_table(table.slice(0, 500), folder / "by_city.parquet")
    (folder / "cairn.yaml").write_text("parquet:\n  row_group_rows: 65536\n")


@pytest.fixture(scope="module")
def published(cairn_command, tmp_path_factory):
    store = stores.Store(cairn_command, tmp_path_factory.mktemp("published"))
    write_damage_inputs(store.folder, random.Random(stores.SEED))
    store.ask(*stores.EXPORT)
    return store


def draw(rng, size):
    return rng.randrange(size), rng.randrange(1, 256)


def damaged_files(store):
    return [path for (path,) in store.rows("SELECT path FROM data_file ORDER BY id")]


def issues_at(store, level):
    done = store.run("verify", "orders", "--level", level)
    assert done.returncode == 1, f"{done.returncode}: {done.stderr or done.stdout}"
    return json.loads(done.stdout)["versions"][0]["issues"]


def covers(issue, place):
    first, last = issue["first_row"], issue["last_row"]
    return first is not None and first <= place.first_row and place.last_row <= last


def names_record(issue, number):
    """Whether the issue tells of this record, or of the one before it that swallowed its beginning."""
    told = re.search(r"record (\d+)", issue["actual"])
    return issue["code"] == "CSV_STRUCTURE" and told and int(told.group(1)) in (number - 1, number, number + 1)


def verdict_on(issues, place):
    """How well the damage was located: by column and rows; by record, where it took no value with it; or only as a
    file that lost its frame."""
    codes = {issue["code"] for issue in issues}
    if not place.columns and codes == {"CHECKSUM_MISMATCH"}:
        return "no value touched"
    if not place.columns and codes & {"CSV_STRUCTURE", "FOOTER_UNREADABLE", "DTYPE_INCOMPATIBLE", "UNREADABLE", "PAGE_CRC"}:
        return "frame"
    if any(issue["column"] in place.columns and covers(issue, place) for issue in issues):
        return "column and rows"
    # A leaf that is not as recorded would have named its column.
    values_intact = not any(issue["column"] for issue in issues)
    if place.what == "separator" and values_intact and any(names_record(issue, place.first_row + 1) for issue in issues):
        return "record, all values intact"
    return "missed"


def judge_flip(store, places, path, offset, mask):
    place = places[path].at(offset)
    with flips.Flipped(store.output / path, offset, mask):
        found = issues_at(store, "checksum")
        located = issues_at(store, "content")
    assert {issue["code"] for issue in found} == {"CHECKSUM_MISMATCH"}
    assert {issue["file"] for issue in found + located} == {path}
    return verdict_on(located, place), place, [issue["code"] for issue in located]


def test_a_changed_byte_is_found_and_located(published, tmp_path):
    rng = random.Random(stores.SEED)
    files = damaged_files(published)
    assert len(files) == stores.FILES_OF_AN_EXPORT
    places = {path: flips.places_of(published.output / path) for path in files}
    drawn = [
        (path, *draw(rng, (published.output / path).stat().st_size)) for path in files for _ in range(FLIPS // len(files))
    ]
    rng.shuffle(drawn)

    def judge(part):
        store = published.copy_to(tmp_path / str(part))
        return [(flip, *judge_flip(store, places, *flip)) for flip in drawn[part :: stores.WORKERS]]

    results = sum(faults.in_parallel(judge, range(stores.WORKERS)), [])
    counts = collections.Counter((path.rsplit(".", 1)[1], verdict) for (path, *_), verdict, *_ in results)
    for (kind, verdict), count in sorted(counts.items()):
        print(f"{kind}: {verdict}: {count} of {len(results)}, {100 * count / len(results):.1f} %")
    missed = [result for result in results if result[1] == "missed"]
    assert not missed, "\n".join(map(str, missed))


# Of what is in a version, which verifying it proves; and of the version as such, which only its manifest says again.
CONTENT = ("digest", "rows", "bytes", "file_count", "table_count", "state")
IDENTITY = ("dataset", "version", "export_id", "created", "author", "message", "operation")


def facts_of(store, facts=IDENTITY + CONTENT):
    """What the store says of its versions, newest first; nothing where it refuses to."""
    listed = store.run("versions")
    assert listed.returncode in (0, 16), f"{listed.returncode}: {listed.stderr}"
    return None if listed.returncode == 16 else [[v[fact] for fact in facts] for v in json.loads(listed.stdout)]


@pytest.fixture(scope="module")
def three_versions_in_log(cairn_command, tmp_path_factory):
    store = stores.prepared_store(cairn_command, tmp_path_factory.mktemp("log"))
    store.ask(*stores.EXPORT)
    store.ask(*stores.EXPORT)
    return store


@pytest.fixture(scope="module")
def three_versions(three_versions_in_log, tmp_path_factory):
    """The same, with all of the catalog in its one file."""
    store = three_versions_in_log.copy_to(tmp_path_factory.mktemp("file"))
    connection = sqlite3.connect(store.output / "catalog.sqlite")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return store


def test_a_damaged_catalog_is_refused_or_tells_the_truth(three_versions, tmp_path):
    rng = random.Random(stores.SEED)
    truth, content = facts_of(three_versions), facts_of(three_versions, CONTENT)
    size = (three_versions.output / "catalog.sqlite").stat().st_size

    def judge(numbered):
        number, (offset, mask) = numbered
        store = three_versions.copy_to(tmp_path / str(number))
        flips.Flipped(store.output / "catalog.sqlite", offset, mask).__enter__()
        verified = store.run("verify", "--all", "--level", "checksum")
        assert verified.returncode in (0, 1, 16), f"{offset} ^ {mask}: {verified.returncode}: {verified.stderr}"
        told = facts_of(store, CONTENT)
        assert verified.returncode != 0 or told == content, f"{offset} ^ {mask}: {told} verifies"
        doctor = store.run("doctor")
        assert doctor.returncode in (0, 1), f"{offset} ^ {mask}: {doctor.returncode}: {doctor.stderr}"
        well = json.loads(doctor.stdout)["verdict"] == "ok"
        assert not well or facts_of(store) == truth, f"{offset} ^ {mask}: {facts_of(store)} is called well"

    faults.in_parallel(judge, enumerate([draw(rng, size) for _ in range(FLIPS_OF_CATALOG)]))


def test_a_damaged_log_of_the_catalog_loses_no_version(three_versions_in_log, tmp_path):
    rng = random.Random(stores.SEED)
    store = three_versions_in_log
    truth, files = facts_of(store), store.files()
    size = (store.output / "catalog.sqlite-wal").stat().st_size

    def judge(numbered):
        number, (offset, mask) = numbered
        copy = store.copy_to(tmp_path / str(number))
        flips.Flipped(copy.output / "catalog.sqlite-wal", offset, mask).__enter__()
        told = facts_of(copy)
        assert told in (truth, None), f"{offset} ^ {mask}: {told}"
        assert files <= copy.files(), f"{offset} ^ {mask}: {files - copy.files()} are gone"
        return told is None

    refused = faults.in_parallel(judge, enumerate([draw(rng, size) for _ in range(FLIPS_OF_CATALOG)]))
    assert any(refused)


def test_a_damaged_mirror_is_mended_or_reported(three_versions, tmp_path):
    rng = random.Random(stores.SEED)
    mirrors = ["version_history.json", "metadata/orders_v000002.json", "metadata/orders_v000003.md5"]
    truth = facts_of(three_versions)
    for number in range(FLIPS_OF_MIRRORS):
        mirror = mirrors[number % len(mirrors)]
        store = three_versions.copy_to(tmp_path / str(number))
        file = store.output / mirror
        before = file.read_bytes()
        offset, mask = draw(rng, len(before))
        flips.Flipped(file, offset, mask).__enter__()
        done = store.run("doctor")
        assert facts_of(store) == truth
        finding = next(f for f in json.loads(done.stdout)["findings"] if f["what"] == "mirrors")
        mended = mirror == "version_history.json" and stores.problems_of(store) == []
        assert mended or finding["state"] != "ok", f"{mirror}: {offset} ^ {mask}"
