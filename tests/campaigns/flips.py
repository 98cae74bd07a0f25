"""Single damaged bytes: where they are put, and what stands there in terms of the table."""

import bisect
import dataclasses

import pyarrow.parquet as pq


@dataclasses.dataclass(frozen=True)
class Place:
    """Where in its table a byte of a file stands. Nothing but `what` for bytes that hold no value."""

    what: str
    columns: tuple = ()
    first_row: int = -1
    last_row: int = -1


class CsvPlaces:
    """Fields of a CSV file by offset, from a walk of our own over its bytes."""

    def __init__(self, path):
        self.starts = [0]
        quoted = False
        for offset, byte in enumerate(path.read_bytes()):
            if byte == 0x22:
                quoted = not quoted
            elif not quoted and byte in b",\n":
                self.starts.append(offset + 1)
        with open(path) as file:
            self.columns = file.readline().strip().split(",")

    def at(self, offset):
        number = bisect.bisect_right(self.starts, offset) - 1
        record, column = divmod(number, len(self.columns))
        if record == 0:
            return Place("header")
        columns = (self.columns[column],)
        separator = number + 1 < len(self.starts) and self.starts[number + 1] == offset + 1
        if separator:
            columns += (self.columns[(column + 1) % len(self.columns)],)
        return Place("separator" if separator else "field", columns, record - 1, record - 1)


class ParquetPlaces:
    """Column chunks of a Parquet file by offset, from its footer as pyarrow reads it."""

    def __init__(self, path):
        self.chunks = []
        metadata = pq.read_metadata(path)
        first_row = 0
        for group in (metadata.row_group(g) for g in range(metadata.num_row_groups)):
            for chunk in (group.column(c) for c in range(group.num_columns)):
                pages = [chunk.dictionary_page_offset, chunk.data_page_offset]
                begin = min(offset for offset in pages if offset is not None)
                place = Place("column chunk", (chunk.path_in_schema,), first_row, first_row + group.num_rows - 1)
                self.chunks.append((begin, begin + chunk.total_compressed_size, place))
            first_row += group.num_rows
        size = path.stat().st_size
        self.footer = size - 8 - metadata.serialized_size

    def at(self, offset):
        for begin, end, place in self.chunks:
            if begin <= offset < end:
                return place
        return Place("footer" if offset >= self.footer or offset < 4 else "index")


def places_of(path):
    return CsvPlaces(path) if path.suffix == ".csv" else ParquetPlaces(path)


class Flipped:
    """A file with one byte changed, for as long as the block lasts."""

    def __init__(self, path, offset, mask):
        self.path, self.offset, self.mask = path, offset, mask

    def _flip(self):
        with open(self.path, "r+b") as file:
            file.seek(self.offset)
            byte = file.read(1)[0]
            file.seek(self.offset)
            file.write(bytes([byte ^ self.mask]))

    def __enter__(self):
        self._flip()

    def __exit__(self, *_):
        self._flip()
