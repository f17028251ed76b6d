"""The rows of a table as parts of a network: what each of them is, does and is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.network import model
from twin.network.model import Role, State

if TYPE_CHECKING:
    import geopandas as gpd

SOURCES = ("well", "plant", "source", "generator_plant", "terminal", "suction", "truck")
CONSUMERS = ("substation", "heat_pump", "load", "charger", "lighting", "inlet", "consumer", "sink")
PRODUCERS = ("pv", "generator", "chp", "boiler")
BLOCKERS = {"valve": State.CLOSED, "switch": State.OPEN, "door": State.CLOSED}
"""Points that can cut, and what they are when nothing passes."""
SHUT_WORDS = ("closed", "fermée", "fermé")
WORKING = frozenset({"functional", "in_service", "in service", "en service", "operational", "ok"})
"""What a valve or switch may be called that simply works: it lets pass."""
LOW_KV = 1.0
WORDS: Mapping[str, State] = {
    "planned": State.PLANNED,
    "projected": State.PLANNED,
    "projeté": State.PLANNED,
    "underconstruction": State.PLANNED,
    "removed": State.REMOVED,
    "decommissioned": State.REMOVED,
    "disused": State.REMOVED,
    "déposé": State.REMOVED,
    "out_of_service": State.OUT_OF_SERVICE,
    "hors service": State.OUT_OF_SERVICE,
    "hors_service": State.OUT_OF_SERVICE,
}


class Rows:
    """Rows of features with ``feature_id`` and ``kind``.

    Parameters
    ----------
    frame : GeoDataFrame
    commodity : str
    """

    def __init__(self, frame: gpd.GeoDataFrame, commodity: str) -> None:
        self.frame = frame
        self.node: dict[str, int] = {}
        self._words: dict[str, NDArray[Any]] = {}
        self.commodity = commodity
        self.columns = {str(c): frame[c].to_numpy(dtype=object) for c in frame.columns}
        self.ids = np.array([str(i) for i in self.columns["feature_id"]], dtype=object)
        self.geometry = frame.geometry.to_numpy()
        self.kind = self.words("kind")
        self.points = np.flatnonzero(shapely.get_type_id(self.geometry) == 0)
        self.point_of = {str(self.ids[row]): int(row) for row in self.points}

    def words(self, name: str) -> NDArray[Any]:
        """Return a column as texts, (n,) object, empty where there is nothing."""
        if name not in self._words:
            values = self.columns.get(name)
            texts = [""] * len(self.frame) if values is None else [text_of(v) for v in values]
            self._words[name] = np.array(texts, dtype=object)
        return self._words[name]

    def number(self, name: str, row: int) -> float:
        """Return a number of a row, NaN where there is none."""
        values = self.columns.get(name)
        if values is None:
            return float("nan")
        try:
            return float(values[row])
        except (TypeError, ValueError):
            return float("nan")

    def label(self, row: int | None) -> str:
        """Return the name of a row as people know it."""
        if row is None:
            return ""
        for column in ("name_en", "name", "name_fr"):
            text = text_of(self.columns.get(column, {row: ""})[row])
            if text:
                return text
        return ""

    def state(self, row: int) -> State:
        """Return what a row says of its state."""
        for column in ("state", "status", "currentstatus", "currentStatus", "etat", "statut"):
            if column in self.columns:
                word = text_of(self.columns[column][row]).lower().rsplit("/", 1)[-1]
                if word in WORDS:
                    return WORDS[word]
        if "in_service" in self.columns and self.columns["in_service"][row] in (False, 0, "false"):
            return State.OUT_OF_SERVICE
        return State.IN_SERVICE

    def role(self, row: int) -> Role:
        """Return what a device does for the network."""
        kind = self.kind[row]
        if kind == "well" and self.words("well_kind")[row] == "injection":
            return Role.OTHER
        if kind == "plant" and self._has_production_well():
            return Role.OTHER
        if kind in SOURCES:
            return Role.SOURCE
        if kind == "substation" and self.commodity == model.ELECTRICITY:
            return Role.SOURCE if self._feeds(row) else Role.OTHER
        if kind in CONSUMERS:
            return Role.CONSUMER
        if kind in PRODUCERS:
            return Role.PRODUCER
        return Role.STORAGE if kind == "storage" else Role.OTHER

    def _has_production_well(self) -> bool:
        """Whether a pipe leads from a production well: then the well is the source, not the plant."""
        if "well_kind" not in self.columns:
            return False
        wells = self.ids[(self.kind == "well") & (self.words("well_kind") == "production")]
        return any(w in self.node for w in wells)

    def _feeds(self, row: int) -> bool:
        """Whether a substation feeds the network: the one of the highest voltage, of these the largest."""
        stations = [r for i, r in self.point_of.items() if self.kind[r] == "substation"]
        if "source" in self.ids[row].lower():
            return True
        if any("source" in self.ids[r].lower() for r in stations):
            return False
        # Without a named source: stations that no line arrives at.
        arriving = {text_of(v) for v in self.columns.get("to_node", [])}
        heads = [r for r in stations if self.ids[r] not in arriving]
        return row in heads

    def power(self, row: int) -> float:
        """Return the rated power of a row, MW."""
        for column, factor in (
            ("power_kw", 1e-3),
            ("rated_kw", 1e-3),
            ("peak_kw", 1e-3),
            ("power_mw", 1.0),
        ):
            value = self.number(column, row)
            if np.isfinite(value):
                return abs(value) * factor
        return float("nan")

    def valid(self) -> tuple[str, str]:
        """Return from when to when all of it existed: empty where any part says nothing."""
        spans = []
        ends = "ended" if "ended" in self.columns else "valid_to"
        for column, pick in (("valid_from", min), (ends, max)):
            words = list(self.words(column))
            spans.append(pick(words) if words and all(words) else "")
        return spans[0], spans[1]


def text_of(value: Any) -> str:
    """Return a value as text, empty where it is missing."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN
