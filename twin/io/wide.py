"""XML and JSON in UTF-16 or UTF-32: rewritten as UTF-8, so that every check and every reader sees the same text.

A check that looks for bytes would pass by an entity in two bytes a sign, and most readers know UTF-8 only.
"""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path

from twin.errors import ReadError
from twin.io import limits
from twin.io.sniff import wide_encoding
from twin.progress import Progress

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(r"""^(\s*<\?xml\b[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")
_BEGINS = ("<", "{", "[")
_HEAD = 2_000


def encoding_of(path: Path) -> str:
    """Return the wide encoding of a file of XML or JSON; empty for anything else."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return ""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    encoding = marked or wide_encoding(head)
    if not encoding:
        return ""
    begin = head[: len(head) // 4 * 4].decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    return encoding if begin.startswith(_BEGINS) else ""


def rewrite(path: Path, encoding: str, made: Path, progress: Progress) -> None:
    """Write a file as UTF-8; what an XML declaration says of its encoding is left out.

    Raises
    ------
    ReadError
        It is too large, or no text of that encoding.
    """
    if path.stat().st_size > limits.JSON_BYTES:
        values = {"size_mb": path.stat().st_size >> 20, "limit_mb": limits.JSON_BYTES >> 20}
        raise ReadError("io.too_large", path.name, **values)
    decoder = codecs.getincrementaldecoder(encoding)()
    first = True
    try:
        with path.open("rb") as source, made.open("w", encoding="utf-8", newline="") as target:
            while block := source.read(4 * limits.MEGABYTE):
                progress.check_cancelled()
                text = decoder.decode(block)
                target.write(_DECLARED.sub(r"\1", text.lstrip("\ufeff")) if first else text)
                first = False
            target.write(decoder.decode(b"", final=True))
    except UnicodeError as error:
        raise ReadError("io.damaged", path.name, reason=str(error)[:160]) from error


def rewrite_here(path: Path, progress: Progress) -> None:
    """Rewrite a file of ours (unpacked from an archive) where it lies, if it is wide."""
    encoding = encoding_of(path)
    if encoding:
        made = path.with_name(path.name + ".utf-8")
        rewrite(path, encoding, made, progress)
        os.replace(made, path)  # noqa: PTH105 - Path.replace says less about failing
