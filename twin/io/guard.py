"""What is refused before any library opens a file: folders, locked and empty files, bombs, references outside."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from twin.errors import ReadError
from twin.io import limits
from twin.io.formats import suffixes
from twin.io.sniff import HEAD_BYTES, Sample, sniff

_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_LISTED = 12


def sample(path: Path) -> Sample:
    """Return the first and last bytes of a file.

    Raises
    ------
    ReadError
        Missing, a folder, not allowed, empty.
    """
    try:
        if not path.exists():
            raise ReadError("io.not_found", str(path))
        if path.is_dir():
            raise ReadError("io.is_folder", str(path), files=_readable_names(path))
        if not path.is_file():
            raise ReadError("io.not_a_file", str(path))
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            file.seek(max(size - HEAD_BYTES, 0))
            tail = file.read(HEAD_BYTES) if size > HEAD_BYTES else b""
    except PermissionError as error:
        raise ReadError("io.not_allowed", str(path)) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)[:200]
        raise ReadError("io.cannot_open", str(path)[:300], reason=reason) from error
    if size == 0 or not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise ReadError("io.empty_file", path.name, size_mb=round(size / limits.MEGABYTE, 1))
    return Sample(
        head=head,
        tail=tail,
        suffix=path.suffix.lower(),
        size=size,
        names_cityjson=lambda: _holds(path, b'"CityJSON"'),
    )


def _holds(path: Path, word: bytes) -> bool:
    if path.stat().st_size > limits.JSON_BYTES:
        return False
    previous = b""
    with path.open("rb") as file:
        while block := file.read(4 * limits.MEGABYTE):
            if word in previous[-len(word) :] + block:
                return True
            previous = block
    return False


def is_file_geodatabase(path: Path) -> bool:
    """Whether a folder is an ESRI file geodatabase, which GDAL opens as one."""
    if path.suffix.lower() != ".gdb":
        return False
    try:
        return path.is_dir() and (path / "a00000001.gdbtable").is_file()
    except (OSError, ValueError):
        return False  # what is wrong with it, the sample will say


def _readable_names(folder: Path) -> str:
    """Return names of files in a folder that look readable, for the message; a few only."""
    known = suffixes()
    try:
        names = sorted(
            entry.name
            for entry in folder.iterdir()
            if entry.is_file() and any(entry.name.lower().endswith(suffix) for suffix in known)
        )
    except OSError:
        return "–"
    if not names:
        return "–"
    more = f" … (+{len(names) - _LISTED})" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def check_xml(path: Path) -> None:
    """Refuse XML that declares entities or a document type: neither occurs in honest map data."""
    with path.open("rb") as file:
        previous = b""
        while block := file.read(limits.MEGABYTE):
            if _DOCTYPE.search(previous[-16:] + block):
                raise ReadError("io.xml_entities", path.name)
            previous = block


def zip_members(path: Path) -> list[zipfile.ZipInfo]:
    """Return the files of a zip, after judging what they promise.

    Raises
    ------
    ReadError
        Damaged, encrypted, too many files, or a promise far beyond the limits.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if member.filename[-1:] != "/"]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise ReadError("io.zip_damaged", path.name) from error
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if (
        len(members) > limits.ZIP_ENTRIES
        or unpacked > limits.UNPACKED_BYTES
        or (unpacked > 64 * limits.MEGABYTE and unpacked / packed > limits.UNPACKED_RATIO)
    ):
        raise ReadError(
            "io.zip_bomb",
            path.name,
            size_mb=round(path.stat().st_size / limits.MEGABYTE, 1),
            promised_mb=round(unpacked / limits.MEGABYTE),
            files=len(members),
        )
    if any(member.flag_bits & 1 for member in members):
        raise ReadError("io.zip_encrypted", path.name)
    for member in members:
        check_member_name(path, member.filename)
    return members


def check_member_name(path: Path, name: str) -> None:
    """Refuse a name in an archive that leads out of its folder. Raises ReadError."""
    parts = PurePosixPath(name.replace("\\", "/"))
    if (
        not parts.parts
        or parts.is_absolute()
        or ".." in parts.parts
        or "\x00" in name
        or ":" in parts.parts[0]
    ):
        raise ReadError("io.zip_escapes", path.name, member=name[:120])


def check_vrt(path: Path, *, depth: int = 0) -> None:
    """Refuse a VRT that names anything but files in its own folder (or below), or code.

    Raises
    ------
    ReadError
        It reaches outside, to the network, or cannot be read.
    """
    from xml.etree import ElementTree as ET

    check_xml(path)
    if path.stat().st_size > 16 * limits.MEGABYTE or depth > 4:
        raise ReadError("io.vrt_outside", path.name, target="…")
    try:
        root = ET.fromstring(path.read_bytes())  # noqa: S314 - no entities: checked above
    except (ET.ParseError, ValueError) as error:
        raise ReadError("io.damaged", path.name, reason=str(error)[:200]) from error
    for target in _vrt_targets(path, root.iter()):
        _check_inside(path, target, depth)


def vrt_targets(path: Path) -> list[Path]:
    """Return the files that a VRT names, after all checks. Raises ReadError as :func:`check_vrt`."""
    from xml.etree import ElementTree as ET

    check_vrt(path)
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - no entities: checked above
    return [path.parent / target for target in _vrt_targets(path, root.iter())]


def _vrt_targets(path: Path, elements: Iterable[object]) -> Iterator[str]:
    named = ("sourcefilename", "sourcedataset", "srcdatasource")
    for element in elements:
        tag = str(getattr(element, "tag", "")).lower()
        text = str(getattr(element, "text", "") or "").strip()
        if tag in {"pixelfunctioncode", "pixelfunctiontype", "srcsql", "step", "processingsteps"}:
            raise ReadError("io.vrt_outside", path.name, target=f"<{tag}>")
        if tag in named and text:
            yield text
        elif text.lower().startswith(("/vsi", "http:", "https:", "ftp:")):
            raise ReadError("io.vrt_outside", path.name, target=text[:120])


def _check_inside(path: Path, target: str, depth: int) -> None:
    folder = path.parent.resolve()
    try:
        full = (folder / target).resolve()
        inside = full.is_relative_to(folder) and full.is_file()
    except (OSError, ValueError):
        inside = False
    if not inside:
        raise ReadError("io.vrt_outside", path.name, target=target[:120])
    kind = sniff(sample(full))
    if kind.startswith("vrt"):
        if full == path.resolve():
            raise ReadError("io.vrt_outside", path.name, target=target[:120])
        check_vrt(full, depth=depth + 1)
    elif kind in {"", "xml", "json", "javascript"}:
        raise ReadError("io.vrt_outside", path.name, target=target[:120])
