"""CSV as the world writes it: any separator, UTF-8 or Latin-1, decimal comma, coordinates somewhere."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.columns import as_objects
from twin.io.coordinates import points_from_columns
from twin.io.loaded import Loaded, Request
from twin.io.sniff import wide_encoding
from twin.problems import Problem, Severity

_SEPARATORS = (",", ";", "\t", "|")
_CELL_CHARACTERS = 64 * limits.MEGABYTE
_MAX_COLUMNS = 10_000
_PREAMBLE_LINES = 100
_INTEGER = re.compile(r"^[+-]?\d{1,15}$")
_DECIMAL = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_LEADING_ZERO = re.compile(r"^0\d")
_TRUE = {"true", "vrai"}
_FALSE = {"false", "faux"}


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a CSV file."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a CSV file. Options: ``separator``, ``encoding``, ``x``, ``y``, ``z``, ``wkt``.

    With ``joined`` it belongs to a layer that has places, and needs none of its own.
    """
    table = read_table(Path(request.opened), request)
    columns = {name: typed(values) for name, values in table.columns.items()}
    geometry, declared = points_from_columns(columns, request)
    if table.ragged:
        values = {"count": table.ragged}
        request.progress.report(Problem("io.csv_ragged", request.where, values))
    if geometry is None and not request.options.get("joined"):
        problem = Problem("io.csv_no_coordinates", request.where, {}, Severity.INFO)
        request.progress.report(problem)
    return Loaded(
        name=layer_names(request)[0],
        count=table.count,
        crs=declared,
        columns=columns,
        geometry=geometry,
        details={"separator": table.separator, "encoding": table.encoding},
    )


@dataclass(frozen=True, kw_only=True)
class Table:
    """A CSV file as texts.

    Parameters
    ----------
    columns : dict of str to list of (str or None)
        None for empty cells.
    ragged : int
        Lines with more or fewer cells than the header.
    """

    columns: dict[str, list[str | None]]
    count: int
    ragged: int
    separator: str
    encoding: str


def read_table(path: Path, request: Request) -> Table:
    """Read a CSV file into columns of texts.

    Raises
    ------
    ReadError
        No header, or a text file that is no table.
    """
    encoding = str(request.options.get("encoding", "")) or encoding_of(path)
    try:
        with path.open("r", encoding=encoding, errors="replace", newline="") as file:
            _skip_preamble(file)
            separator = str(request.options.get("separator", "")) or _separator(file, request)
            return _rows(file, separator, encoding, request)
    except (csv.Error, LookupError) as error:
        raise ReadError("io.damaged", request.where, reason=str(error)[:200]) from error


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file: as its mark says, else UTF-8 where it is valid, else Windows-1252."""
    with path.open("rb") as file:
        head = file.read(limits.MEGABYTE)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if wide := wide_encoding(head):
            return wide
        while head:
            cut = head[: head.rfind(b"\n") + 1] or head
            try:
                cut.decode("utf-8")
            except UnicodeDecodeError:
                return _legacy(head)
            rest = head[len(cut) :]
            block = file.read(limits.MEGABYTE)
            head = rest + block if block else b""
    return "utf-8-sig"


def _legacy(sample: bytes) -> str:
    """Korean offices write CP949: then nearly all that is not ASCII reads as Hangul."""
    try:
        text = sample[: sample.rfind(b"\n") + 1].decode("cp949")
    except UnicodeDecodeError:
        return "cp1252"
    foreign = [sign for sign in text if sign > "\x7f"]
    hangul = sum("\uac00" <= sign <= "\ud7a3" for sign in foreign)
    return "cp949" if foreign and hangul > 0.8 * len(foreign) else "cp1252"


def _skip_preamble(file: io.TextIOBase) -> None:
    """Leave the file at its header: after ``sep=;``, blank lines and comments."""
    for _ in range(_PREAMBLE_LINES):
        start = file.tell()
        line = file.readline(limits.MEGABYTE)
        rest = line.strip().lstrip("\ufeff")
        if not line:
            file.seek(0)
            return
        if rest and not rest.startswith("#") and not rest.lower().startswith("sep="):
            file.seek(start)
            return


def _separator(file: io.TextIOBase, request: Request) -> str:
    """Return the separator that gives the header the most cells; blanks only where nothing else does."""
    start = file.tell()
    header = file.readline(limits.MEGABYTE)
    second = file.readline(limits.MEGABYTE)
    file.seek(start)
    counts = {mark: _cells(header, mark) for mark in _SEPARATORS}
    best = max(counts, key=lambda mark: (counts[mark], -_SEPARATORS.index(mark)))
    if counts[best] < 2 and 1 < len(header.split()) == len(second.split()):
        return " "
    if request.path.suffix.lower() == ".txt" and (
        counts[best] < 2 or _cells(second, best) != counts[best]
    ):
        raise ReadError("io.format_unknown", request.where, suffix=".txt")
    return best


def _cells(line: str, separator: str) -> int:
    return len(next(csv.reader([line], delimiter=separator), []))


def _rows(file: io.TextIOBase, separator: str, encoding: str, request: Request) -> Table:
    csv.field_size_limit(_CELL_CHARACTERS)
    lines = csv.reader(file, delimiter=separator, skipinitialspace=separator == " ")
    header = next(lines, [])
    names = _unique_names(header)
    if not names or len(names) > _MAX_COLUMNS:
        raise ReadError("io.csv_no_header", request.where)
    cells: list[list[str | None]] = [[] for _ in names]
    ragged = 0
    for row in _watched(lines, request):
        if not row:
            continue
        ragged += len(row) != len(names)
        for index, column in enumerate(cells):
            text = row[index].strip() if index < len(row) else ""
            column.append(text or None)
    count = len(cells[0])
    columns = dict(zip(names, cells, strict=True))
    return Table(
        columns=columns, count=count, ragged=ragged, separator=separator, encoding=encoding
    )


def _watched(lines: Iterator[list[str]], request: Request) -> Iterator[list[str]]:
    for number, row in enumerate(lines):
        if number % 2048 == 0:
            request.progress.check_cancelled()
            request.progress.progress(number, None, "features")
        if number > limits.FEATURES:
            raise ReadError("io.too_many_features", request.where, limit=limits.FEATURES)
        yield row


def _unique_names(header: list[str]) -> list[str]:
    names: list[str] = []
    for number, cell in enumerate(header):
        name = cell.strip().strip("\ufeff") or f"column_{number + 1}"
        while name in names:
            name += "_"
        names.append(name)
    return names


def typed(values: list[str | None]) -> NDArray[Any]:
    """Return a column of texts as what it plainly is: numbers, booleans, else texts.

    Codes with a leading zero (INSEE, postal) stay texts. A decimal comma counts only where every number
    of the column can have one.
    """
    known = [value for value in values if value is not None]
    if not known or any(_LEADING_ZERO.match(value) for value in known):
        return as_objects(values)
    if all(_INTEGER.match(value) for value in known):
        if len(known) == len(values):
            return np.array([int(value) for value in known], dtype=np.int64)
        return _floats(values)
    if all(_DECIMAL.match(value) for value in known):
        return _floats(values)
    if all(_DECIMAL_COMMA.match(value) or _INTEGER.match(value) for value in known):
        return _floats([None if value is None else value.replace(",", ".") for value in values])
    if all(value.lower() in _TRUE | _FALSE for value in known):
        return as_objects([None if value is None else value.lower() in _TRUE for value in values])
    return as_objects(values)


def _floats(values: list[str | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else float(value) for value in values])
