"""Templates of sheets and decks: JSON or TOML that says which page shows what. Data only, checked when read."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.drawables import Text
from twin.errors import BelvedereError

MOST_BYTES = 1_000_000
MOST_PAGES = 200
MOST_ITEMS = 100
MOST_TEXT = 4_000
DPI = (30.0, 400.0)
SIDE_MM = (20.0, 5_000.0)
PAGES_MM: Mapping[str, tuple[float, float]] = {
    "A0": (841.0, 1189.0),
    "A1": (594.0, 841.0),
    "A2": (420.0, 594.0),
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "16:9": (190.5, 338.7),
    "4:3": (190.5, 254.0),
}
KINDS = frozenset(
    {"view", "grid", "text", "legend", "north", "scale", "table", "chart", "sources", "notice",
     "box", "compare"}
)  # fmt: skip
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing on a page.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    box_mm : tuple of 4 float
        Left, top, width, height from the page's top left corner.
    options : mapping
        As the kind takes them; unknown ones are ignored.
    """

    kind: str
    box_mm: tuple[float, float, float, float]
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, name: str, default: str = "") -> str:
        """Return an option as a short text."""
        value = self.options.get(name, default)
        return value[:MOST_TEXT] if isinstance(value, str) else default

    def words(self, name: str, lang: str) -> str:
        """Return an option that is a text, or a text by language."""
        value = self.options.get(name, "")
        if isinstance(value, dict):
            value = value.get(lang) or value.get("en") or next(iter(value.values()), "")
        return value[:MOST_TEXT] if isinstance(value, str) else ""

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """Return an option as a number within bounds; the default where it is none."""
        value = self.options.get(name, default)
        good = isinstance(value, int | float) and not isinstance(value, bool)
        return min(max(float(value), low), high) if good and math.isfinite(value) else default

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an option as texts."""
        value = self.options.get(name, ())
        found = value if isinstance(value, list | tuple) else ()
        return tuple(str(v)[:200] for v in found if isinstance(v, str))[:MOST_ITEMS]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page; ``each`` repeats it: ``view`` for every bookmark, ``variant`` for every variant."""

    items: tuple[Item, ...]
    each: str = ""


@dataclass(frozen=True, kw_only=True)
class Template:
    """How a sheet or a deck is composed.

    Parameters
    ----------
    size_mm : tuple of 2 float
        Width and height of the pages.
    dpi : float
        Of the pictures; texts, lines and charts are vectors.
    """

    name: str
    title: Text
    size_mm: tuple[float, float]
    pages: tuple[Page, ...]
    dpi: float = 150.0


def read_template(path: Path) -> Template:
    """Read a template file, ``.json`` or ``.toml``.

    Raises
    ------
    BelvedereError
        ``template.cannot_read``: no such file, too large, not JSON or TOML. ``template.wrong``: what it says
        makes no page; the problem says where.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BelvedereError("template.cannot_read", path.name, reason="> 1 MB")
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("template.cannot_read", path.name, reason=reason) from error
    except (ValueError, RecursionError) as error:
        raise BelvedereError("template.cannot_read", path.name, reason=str(error)[:160]) from error
    return template_of(data, path.stem)


def template_of(data: object, name: str) -> Template:
    """Return a template from its JSON form. Raises BelvedereError ``template.wrong``."""
    if not isinstance(data, dict):
        raise _wrong(name, "the top", "a table with page and pages")
    pages = data.get("pages")
    if not isinstance(pages, list) or not 0 < len(pages) <= MOST_PAGES:
        raise _wrong(name, "pages", f"a list of 1 to {MOST_PAGES} pages")
    dpi = data.get("dpi", 150)
    if not _number(dpi) or not DPI[0] <= dpi <= DPI[1]:
        raise _wrong(name, "dpi", f"{DPI[0]:g} to {DPI[1]:g}")
    title = data.get("title", name)
    return Template(
        name=name,
        title=title if isinstance(title, dict) else {"en": str(title)},
        size_mm=_size(data, name),
        pages=tuple(_page(page, f"pages[{i}]", name) for i, page in enumerate(pages)),
        dpi=float(dpi),
    )


def _size(data: Mapping[str, Any], name: str) -> tuple[float, float]:
    page = data.get("page", "A4")
    if isinstance(page, str) and page in PAGES_MM:
        short, long = PAGES_MM[page]
        landscape = data.get("landscape", page in ("16:9", "4:3"))
        return (long, short) if landscape else (short, long)
    good = isinstance(page, list) and len(page) == 2 and all(map(_number, page))
    if not good or not all(SIDE_MM[0] <= side <= SIDE_MM[1] for side in page):
        raise _wrong(name, "page", f"one of {', '.join(PAGES_MM)}, or [width, height] in mm")
    return (float(page[0]), float(page[1]))


def _page(data: object, where: str, name: str) -> Page:
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS:
        raise _wrong(name, f"{where}.items", f"a list of 1 to {MOST_ITEMS} items")
    each = data.get("each", "") if isinstance(data, dict) else ""
    if each not in ("", "view", "variant"):
        raise _wrong(name, f"{where}.each", "view or variant")
    made = tuple(_item(item, f"{where}.items[{i}]", name) for i, item in enumerate(items))
    return Page(items=made, each=each)


def _item(data: object, where: str, name: str) -> Item:
    if not isinstance(data, dict) or data.get("kind") not in KINDS:
        raise _wrong(name, f"{where}.kind", "one of " + ", ".join(sorted(KINDS)))
    box = data.get("box")
    if not isinstance(box, list) or len(box) != 4 or not all(map(_number, box)):
        raise _wrong(name, f"{where}.box", "[left, top, width, height] in mm")
    left, top, width, height = (float(v) for v in box)
    inside = abs(left) <= SIDE_MM[1] and abs(top) <= SIDE_MM[1]
    if not inside or not 0 < width <= SIDE_MM[1] or not 0 < height <= SIDE_MM[1]:
        raise _wrong(name, f"{where}.box", "[left, top, width, height] in mm")
    colour = data.get("colour")
    if colour is not None and not (isinstance(colour, str) and COLOUR.fullmatch(colour)):
        raise _wrong(name, f"{where}.colour", "#rrggbb")
    options = {str(k): v for k, v in data.items() if k not in ("kind", "box")}
    return Item(kind=data["kind"], box_mm=(left, top, width, height), options=options)


def filled(text: str, words: Mapping[str, str]) -> str:
    """Return a text with ``{name}`` replaced; unknown names stay. Nothing else is understood in braces."""
    return PLACE.sub(lambda found: words.get(found.group(1), found.group(0)), text)


def _number(value: object) -> bool:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return good and math.isfinite(value)  # type: ignore[arg-type]


def _wrong(name: str, part: str, wanted: str) -> BelvedereError:
    return BelvedereError("template.wrong", name, part=part, wanted=wanted)
