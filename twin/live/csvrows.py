"""Rows of CSV as they come over the wire: separator and encoding found out, nothing believed."""

from __future__ import annotations

import csv
import io
from typing import Any

MOST = 500_000
FIELD_LIMIT = 131_072


def rows_of_csv(body: bytes, *, most: int = MOST) -> list[dict[str, Any]]:
    """Return rows as mappings, at most ``most``; empty for what is no table of two columns or more."""
    text = text_of(body)
    header = text.split("\n", 1)[0]
    separator = separator_of(header)
    if not separator or "\0" in text:
        return []
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    rows: list[dict[str, Any]] = []
    try:
        for row in reader:
            rows.append({k: v for k, v in row.items() if isinstance(k, str)})
            if len(rows) >= most:
                break
    except csv.Error:  # a field without end, and the like: what came before it counts
        pass
    return rows


def text_of(body: bytes) -> str:
    """Return UTF-8 text with or without a mark, else Latin-1."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def separator_of(header: str) -> str:
    """Return what separates the columns of a header line, empty where nothing does."""
    best = max(";,\t|", key=header.count)
    return best if header.count(best) else ""
