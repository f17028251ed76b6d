"""How features are coloured: data, separate from geometry. Changing a style never rebuilds geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from twin.drawables import Text

MISSING_COLOUR = "#b9b9b4"


@dataclass(frozen=True, kw_only=True)
class Constant:
    """One colour for all. ``colour`` is ``#rrggbb``."""

    colour: str = "#b8b4aa"


@dataclass(frozen=True, kw_only=True)
class Category:
    """One value of a categories style."""

    value: str
    colour: str
    label: Text = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class Categories:
    """A colour for each value of a column; others and missing values take ``other``."""

    column: str
    categories: tuple[Category, ...]
    other: str = MISSING_COLOUR


@dataclass(frozen=True, kw_only=True)
class Graduated:
    """Classes of a numeric column along a colour-blind-safe ramp.

    Parameters
    ----------
    column : str
        A numeric column.
    breaks : tuple of float
        Upper bounds of all classes but the last, increasing; empty: computed by ``method``.
    method : str
        ``quantiles``, ``equal`` or ``natural``; used when ``breaks`` is empty.
    classes : int
        Number of classes, when ``breaks`` is empty.
    ramp : str
        Name in ``twin.model.ramps.RAMPS``.
    unit : str
        As printed in the legend; empty: the column's unit.
    """

    column: str
    breaks: tuple[float, ...] = ()
    method: str = "quantiles"
    classes: int = 6
    ramp: str = "viridis"
    unit: str = ""
    missing: str = MISSING_COLOUR


@dataclass(frozen=True, kw_only=True)
class RuleCase:
    """A colour for the rows that an expression keeps; see :mod:`twin.model.expressions`."""

    when: str
    colour: str
    label: Text = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Colours by conditions: the first that holds counts, ``other`` where none does."""

    cases: tuple[RuleCase, ...] = ()
    other: str = MISSING_COLOUR

    @property
    def column(self) -> str:
        """No one column says the colour."""
        return ""


Rule = Constant | Categories | Graduated | Rules


@dataclass(frozen=True, kw_only=True)
class Style:
    """The style of a layer.

    Parameters
    ----------
    label : str
        Expression of the text that stands at each feature; empty: none.
    """

    rule: Rule = Constant()
    label: str = ""
    title: Text = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class LegendEntry:
    """One line of a legend; ``label`` is empty where the interface words the bounds itself."""

    colour: str
    label: Text
    low: float | None = None
    high: float | None = None
    missing: bool = False


@dataclass(frozen=True, kw_only=True)
class LegendSymbol:
    """What a shape in the scene stands for; ``shape`` is a name of :data:`twin.shapes.GLYPHS`."""

    shape: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class Legend:
    """What the colours of a layer mean; ``told``: the layer says so itself, its style does not hold.

    ``symbols`` are the shapes that stand in the scene in these colours, where a layer names them.
    """

    title: Text
    unit: str
    entries: tuple[LegendEntry, ...]
    told: bool = False
    symbols: tuple[LegendSymbol, ...] = ()


def style_to_dict(style: Style) -> dict[str, Any]:
    """Return a JSON-ready dictionary of a style."""
    rule = style.rule
    kind = type(rule).__name__.lower()
    body: dict[str, Any]
    if isinstance(rule, Constant):
        body = {"colour": rule.colour}
    elif isinstance(rule, Categories):
        body = {
            "column": rule.column,
            "categories": [
                {"value": c.value, "colour": c.colour, "label": dict(c.label)}
                for c in rule.categories
            ],
            "other": rule.other,
        }
    elif isinstance(rule, Rules):
        cases = [{"when": c.when, "colour": c.colour, "label": dict(c.label)} for c in rule.cases]
        body = {"cases": cases, "other": rule.other}
    else:
        body = {
            name: getattr(rule, name)
            for name in ("column", "method", "classes", "ramp", "unit", "missing")
        }
        body["breaks"] = list(rule.breaks)
    label = {"label": style.label} if style.label else {}
    return {"kind": kind, **body, **label, "title": dict(style.title)}


def style_from_dict(data: Mapping[str, Any]) -> Style:
    """Build a style from its dictionary.

    Raises
    ------
    ValueError
        Unknown kind, or a field that its kind does not have.
    """
    body = {name: value for name, value in data.items() if name not in ("kind", "title", "label")}
    kinds: dict[str, type[Any]] = {
        "constant": Constant,
        "categories": Categories,
        "graduated": Graduated,
        "rules": Rules,
    }
    kind = kinds.get(str(data.get("kind")))
    if kind is None:
        raise ValueError(f"unknown kind of style: {data.get('kind')!r}")
    if kind is Categories:
        body["categories"] = tuple(Category(**c) for c in body.get("categories", ()))
    if kind is Rules:
        body["cases"] = tuple(RuleCase(**c) for c in body.get("cases", ()))
    if "breaks" in body:
        body["breaks"] = tuple(float(b) for b in body["breaks"])
    try:
        label = str(data.get("label", ""))
        return Style(rule=kind(**body), title=dict(data.get("title", {})), label=label)
    except TypeError as error:
        raise ValueError(str(error)) from error
