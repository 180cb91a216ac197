"""Columns of NumPy as PostgreSQL's COPY reads them in its binary format. No ORM in here.

Each value is its length in four bytes and then its bytes, and an empty one the length -1
alone (PostgreSQL's manual, "COPY", section "Binary Format"; the bytes of a type are those of
its receive function). A column becomes a table of bytes, one row per value and all as wide as
the widest, and a table that tells which of them count; the columns side by side, those bytes
are the rows. Nothing is done value by value.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

SIGNATURE = b'PGCOPY\n\xff\r\n\0' + bytes(8)
TRAILER = b'\xff\xff'
#: Bytes that tell the length of a value, and the number of columns.
LENGTH = 4
COUNT = 2
#: Rows that are bytes in memory at a time.
BATCH = 10_000
#: Dates count from here.
EPOCH = date(2000, 1, 1).toordinal()
MOST = np.iinfo(np.int32).max
#: Decimal digits in a digit of PostgreSQL's `numeric`, and its sign below zero.
GROUP = 4
NEGATIVE = 0x4000


@dataclass(frozen=True)
class Values:
    """The values of a column as bytes.

    :param payload: shape (n, width), uint8
    :param length: how many bytes of each row count, -1 for an empty value
    """

    payload: np.ndarray
    length: np.ndarray

    @property
    def width(self) -> int:
        """Bytes of the longest value with its length."""
        return LENGTH + self.payload.shape[1]

    def put(self, table: np.ndarray, counts: np.ndarray) -> None:
        """Fill these bytes of a table, and which of them count."""
        table[:, :LENGTH] = _bytes(self.length.astype('>i4'))
        table[:, LENGTH:] = self.payload
        np.less(np.arange(self.payload.shape[1]), self.length[:, None], out=counts[:, LENGTH:])


#: Makes bytes of some rows of a column.
Encoder = Callable[[np.ndarray], Values]


def integers(values: np.ndarray) -> Values:
    """Return whole numbers as `int4`; NaN is empty.

    :raises OverflowError: when a value does not fit
    """
    empty = np.isnan(values)
    whole = np.where(empty, 0, values)
    if np.abs(whole).max(initial=0) > MOST:
        raise OverflowError(f"{np.abs(whole).max()} is too large for a column of integers")
    return _fixed(whole.astype('>i4'), empty)


def references(ids: np.ndarray) -> Values:
    """Return ids as `int4`; 0 is empty."""
    return integers(np.where(ids == 0, np.nan, ids))


def floats(values: np.ndarray) -> Values:
    """Return numbers as `float8`; NaN is empty."""
    return _fixed(values.astype('>f8'), np.isnan(values))


def booleans(values: np.ndarray) -> Values:
    """Return truth values as `bool`."""
    return _fixed(values.astype('u1'), np.zeros(len(values), dtype=bool))


def dates(days: np.ndarray) -> Values:
    """Return days as counted by `date.toordinal()` as `date`; 0 is empty."""
    return _fixed((days - EPOCH).astype('>i4'), days == 0)


def numerics(values: np.ndarray, decimals: int) -> Values:
    """Return numbers, rounded to so many decimals, as `numeric`; NaN is empty.

    :raises OverflowError: when a value has more than 63 bits before it is divided
    """
    empty = np.isnan(values)
    scaled = np.rint(np.where(empty, 0, values) * 10.0 ** decimals)
    magnitude = np.abs(scaled)
    if magnitude.max(initial=0) >= 2.0 ** 63:
        raise OverflowError(f"{np.nanmax(np.abs(values))} is too large for a column of numbers")
    whole, part = np.divmod(magnitude.astype(np.int64), 10 ** decimals)
    whole_groups = max(1, _count_groups(len(str(whole.max(initial=0)))))
    part_groups = _count_groups(decimals)
    digits = [
        *_groups(whole, whole_groups),
        *_groups(part * 10 ** (part_groups * GROUP - decimals), part_groups),
    ]
    sign = np.where(scaled < 0, NEGATIVE, 0)
    # PostgreSQL strips the zeros before and behind
    record = [len(digits), whole_groups - 1, sign, decimals, *digits]
    table = np.empty((len(values), len(record)), dtype='>i2')
    for place, column in enumerate(record):
        table[:, place] = column
    return _fixed(table, empty)


def texts(values: np.ndarray) -> Values:
    """Return words of plain ASCII, or bytes, as `varchar`; '' is empty.

    :raises ValueError: when a word has other characters
    """
    payload = _bytes(values)
    if values.dtype.kind == 'U':
        # four bytes a character
        characters = payload.view(np.uint32)
        if characters.max(initial=0) > 127:
            raise ValueError("only plain ASCII can be copied")
        payload = characters.astype(np.uint8)
    length = np.count_nonzero(payload, axis=1)
    return Values(payload, np.where(length, length, -1))


def jsons(values: np.ndarray) -> Values:
    """Return texts as `jsonb`; '' is empty."""
    text = texts(values)
    version = np.ones((len(values), 1), dtype=np.uint8)
    return Values(
        np.hstack([version, text.payload]), np.where(text.length < 0, -1, text.length + 1))


def stream(columns: Sequence[tuple[np.ndarray, Encoder]]) -> io.RawIOBase:
    """Return a file that COPY ... WITH (FORMAT binary) can read, made as it is read.

    :param columns: the values of each column, all as many, and what they become
    """
    return _Stream(_pieces(columns))


def _pieces(columns: Sequence[tuple[np.ndarray, Encoder]]) -> Iterator[bytes]:
    yield SIGNATURE
    for start in range(0, len(columns[0][0]), BATCH):
        yield _batch([encode(values[start:start + BATCH]) for values, encode in columns])
    yield TRAILER


def _batch(columns: Sequence[Values]) -> bytes:
    shape = len(columns[0].length), COUNT + sum(column.width for column in columns)
    table, counts = np.empty(shape, dtype=np.uint8), np.ones(shape, dtype=bool)
    table[:, :COUNT] = list(len(columns).to_bytes(COUNT, 'big'))
    place = COUNT
    for column in columns:
        column.put(table[:, place:place + column.width], counts[:, place:place + column.width])
        place += column.width
    return table[counts].tobytes()


def _count_groups(digits: int) -> int:
    return -(-digits // GROUP)


def _groups(values: np.ndarray, count: int) -> list[np.ndarray]:
    """Return the so many last digits of `numeric`, highest first."""
    digits = []
    for _group in range(count):
        values, digit = np.divmod(values, 10 ** GROUP)
        digits.insert(0, digit)
    return digits


def _fixed(values: np.ndarray, empty: np.ndarray) -> Values:
    payload = _bytes(values)
    return Values(payload, np.where(empty, -1, payload.shape[1]))


def _bytes(values: np.ndarray) -> np.ndarray:
    """Return the bytes of the values, one row per value."""
    values = np.ascontiguousarray(values)
    return values.view(np.uint8).reshape(len(values), -1)


class _Stream(io.RawIOBase):
    """A file of pieces of bytes, one of which is in memory at a time."""

    def __init__(self, pieces: Iterable[bytes]):
        self._pieces = iter(pieces)
        self._rest = memoryview(b'')

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
