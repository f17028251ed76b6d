"""What a layer is to the engine: its saved description, its state, and the protocol its author fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from twin.drawables import Drawable, Text
from twin.model.geoframe import GeoFrame
from twin.model.ground import Ground
from twin.model.style import Style
from twin.model.table import FeatureTable, Provenance
from twin.progress import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Empty: Mapping[str, Any] = MappingProxyType({})


class LayerState(StrEnum):
    """Where a layer stands; ``PARTIAL`` shows what it can and has problems."""

    EMPTY = "empty"
    LOADING = "loading"
    READY = "ready"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file of a layer.

    Parameters
    ----------
    path : str
        Relative to the project folder, with ``/``; absolute for files outside it.
    sublayer : str
        Layer inside the file, for formats that hold several.
    crs : str
        Overrides what the file says, for instance ``"EPSG:2154"``; empty: as the file says.
    provenance : Provenance
        Who made it, when, under which licence, how.
    options : mapping
        Options of the reader.
    """

    path: str
    sublayer: str = ""
    crs: str = ""
    provenance: Provenance = Provenance()
    options: Mapping[str, Any] = field(default_factory=lambda: Empty)


@dataclass(frozen=True, kw_only=True)
class Gathers:
    """Whose values go onto the features of a layer: those of the sensors of another one that stand in or at them.

    ``observed_property`` chooses among them; empty: all.
    """

    layer: str
    observed_property: str = ""


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """A layer as the project saves it. Never edited: a command makes a changed copy.

    ``group`` is the id of a group of layers, which the interface words when it knows it; ``legend`` says
    whether the layer's colours stand in the legend of the scene (those of a base map explain themselves).
    """

    id: str
    type: str
    title: Text
    sources: Mapping[str, Source] = field(default_factory=lambda: Empty)
    params: Mapping[str, Any] = field(default_factory=lambda: Empty)
    style: Style | None = None
    visible: bool = True
    opacity: float = 1.0
    group: str = ""
    legend: bool = True
    notice: Text = field(default_factory=lambda: Empty)
    gathers: Gathers | None = None


@dataclass(frozen=True, kw_only=True)
class ViewQuery:
    """Under which circumstances a layer is built: time, variant, level of detail, ground."""

    at: datetime
    frame: GeoFrame
    ground: Ground
    variant: str = ""
    lod: str = "highest"


class LoadContext(Progress, Protocol):
    """What ``Layer.load`` is given."""

    @property
    def frame(self) -> GeoFrame:
        """The geo frame of the project."""

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources of the layer by role name, as its spec has them."""

    @property
    def params(self) -> Any:
        """The layer's parameters."""

    def path(self, role: str) -> Path:
        """Return the absolute path of a source. Raises KeyError for an unknown role."""

    def read(self, role: str, **options: Any) -> FeatureTable:
        """Read one source into a table in the project's CRS, its problems reported.

        Sources called ``role_2``, ``role_3`` ... are further sheets of the same raster, joined to one. The options
        are those of the reader; of a raster ``window=`` and ``window_crs=`` read the part that is wanted.

        Raises :class:`~twin.errors.ReadError` when nothing of it can be read.
        """


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of what a click shows, or one number of the comparison table.

    Parameters
    ----------
    formula : Text
        How a number is worked out, shown one click away from it.
    """

    label: Text
    value: Any
    unit: str = ""
    provenance: Provenance = Provenance()
    formula: Text = field(default_factory=lambda: Empty)


@dataclass(frozen=True, kw_only=True)
class Series:
    """Values over time of one feature.

    Parameters
    ----------
    time_utc : (n,) datetime64[ns]
        Increasing.
    value : (n,) float64
        NaN where missing.
    beside : tuple of Series
        Others in the same unit, drawn in the same chart: what was forecast beside what was measured.
    """

    name: Text
    unit: str
    time_utc: NDArray[np.datetime64]
    value: NDArray[np.float64]
    provenance: Provenance = Provenance()
    thresholds: Mapping[str, float] = field(default_factory=lambda: Empty)
    beside: tuple[Series, ...] = ()


class Layer(Protocol):
    """What an author writes. Only ``load`` and ``build`` are needed; no base class, no Qt, no VTK.

    Optional, looked for by name:

    - ``Params``: a ``@params`` class;
    - ``default_style(table) -> Style | None``;
    - ``ground(table, params, frame) -> Ground``: the layer is the terrain;
    - ``columns_at(table, params, at) -> Mapping[str, NDArray]``: columns that change with the clock,
      (n_rows,) arrays, used by style, attributes and ``flow_column`` without another ``build``;
    - ``describe(table, row, params, at) -> Sequence[Fact]``: what a click shows, instead of all columns;
    - ``series(table, row, params) -> Sequence[Series]``: charts of a feature;
    - ``time_extent(table) -> tuple[datetime, datetime] | None``;
    - ``indicators(table, params, at) -> Sequence[Fact]``: numbers of the whole layer;
    - ``symbols(table, params) -> Sequence[LegendSymbol]``: what its shapes stand for, for the legend.

    Columns ``valid_from`` and ``valid_to`` (ISO dates or datetimes, null = open) in a table hide and show
    rows by the clock; no layer needs code for that.
    """

    def load(self, ctx: LoadContext) -> FeatureTable:
        """Read the sources; runs on a worker; never draws."""

    def build(self, table: FeatureTable, params: Any, view: ViewQuery) -> Sequence[Drawable]:
        """Turn the table into drawables; runs on a worker; pure: same inputs, same drawables."""
