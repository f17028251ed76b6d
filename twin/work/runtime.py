"""A layer at work: what was loaded, built and coloured, and how to ask its author's optional methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drape, Drawable, Labels, Tileset, check
from twin.model.expressions import Places
from twin.model.ground import Ground
from twin.model.layer import Fact, LayerSpec, LayerState, Series, ViewQuery
from twin.model.params import make
from twin.model.plans import Changes
from twin.model.style import Legend, LegendSymbol, Style
from twin.model.styling import fixed, legend_of, rgba_of_rows
from twin.model.table import FEATURE_ID, FeatureTable
from twin.problems import Problem, Severity
from twin.work.gathering import gathered
from twin.work.jobs import Job
from twin.work.validity import Validity

if TYPE_CHECKING:
    from twin.work.streaming import StreamedRows

COLUMNS_FAILED = "layer.columns_failed"
NO_COLUMNS: Mapping[str, NDArray[Any]] = MappingProxyType({})
NO_ROWS = np.zeros(0, dtype=bool)


@dataclass(frozen=True, eq=False, kw_only=True)
class Look:
    """The colours of a layer and what they mean."""

    style: Style
    rgba: NDArray[np.uint8]
    legend: Legend


@dataclass(frozen=True, eq=False, kw_only=True)
class Made:
    """An author's layer and its parameters; imported and made on a worker."""

    layer: Any
    params: Any
    problems: tuple[Problem, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Read:
    """What an author's ``load`` gave, and the ground where the layer is the terrain."""

    table: FeatureTable
    default_style: Style
    ground: Ground | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Loaded:
    """Answer of a load: what was read, and how it looked at a moment; ``key`` names it as long as nothing changes."""

    made: Made
    read: Read
    validity: Validity | None
    look: Look
    columns: Mapping[str, NDArray[Any]]
    problems: tuple[Problem, ...]
    at: datetime
    key: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Built:
    """Answer of a build."""

    drawables: tuple[Drawable, ...]
    bounds: tuple[float, float, float, float, float, float] | None
    problems: tuple[Problem, ...]
    planned: FeatureTable | None = None
    """What a variant sets beside streamed tiles; the drawables show it too."""


class LayerRuntime:
    """A layer of a session. Others read it; only the session changes it."""

    def __init__(self, spec: LayerSpec) -> None:
        self.spec = spec
        self.layer: Any = None
        self.state = LayerState.EMPTY
        self.params: Any = None
        self.table: FeatureTable | None = None
        self.drawables: tuple[Drawable, ...] = ()
        self.around: Places | None = None
        """What its style may ask of places."""
        self.labels: tuple[Labels, ...] = ()
        """Texts that the style puts at features."""
        self.bounds: tuple[float, float, float, float, float, float] | None = None
        self.rgba: NDArray[np.uint8] = np.zeros((0, 4), dtype=np.uint8)
        self.rows_visible: NDArray[np.bool_] = NO_ROWS
        self.columns_now: Mapping[str, NDArray[Any]] = NO_COLUMNS
        self.style = spec.style or Style()
        self.legend: Legend | None = None
        self.ground: Ground | None = None
        self.validity: Validity | None = None
        self.job: Job | None = None
        self.request = 0
        self.load_problems: tuple[Problem, ...] = ()
        self.build_problems: tuple[Problem, ...] = ()
        self.param_problems: tuple[Problem, ...] = ()
        self.ground_problems: tuple[Problem, ...] = ()
        self.default_style = Style()
        self.changes: Changes = ()
        self.streamed: StreamedRows | None = None
        """Its rows as tiles have them, where they are streamed."""
        self.planned: FeatureTable | None = None
        """What the variant sets beside them: the first rows."""
        self.key: str | None = None
        """Names the table as long as nothing it depends on changes; None where that cannot be told."""

    def take_read(self, loaded: Loaded) -> None:
        """Take over what was loaded."""
        made, read = loaded.made, loaded.read
        self.layer, self.params, self.param_problems = made.layer, made.params, made.problems
        self.table, self.validity, self.columns_now = read.table, loaded.validity, loaded.columns
        self.default_style = read.default_style
        self.take_look(loaded.look)

    def take_look(self, look: Look) -> None:
        """Take over colours and their meaning."""
        self.style, self.rgba, self.legend = look.style, look.rgba, look.legend

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with the layer now."""
        return self.param_problems + self.load_problems + self.build_problems + self.ground_problems

    @property
    def busy(self) -> bool:
        """Whether work for it runs or waits."""
        return self.job is not None

    @property
    def progress(self) -> tuple[float, float | None, str] | None:
        """done, total and unit of the work under way, None when there is none."""
        return (self.job.done, self.job.total, self.job.unit) if self.job else None

    def column(self, name: str) -> NDArray[Any] | None:
        """Return (n_rows,) values of a column as of the clock, None if there is none."""
        if name in self.columns_now:
            return self.columns_now[name]
        if self.table is not None and name in self.table.frame.columns:
            values: NDArray[Any] = self.table.frame[name].to_numpy()
            return values
        return None

    def column_names(self) -> tuple[str, ...]:
        """Return the attribute columns, those of the clock last."""
        if self.table is None:
            return ()
        geometry = self.table.frame.geometry.name
        own = [str(c) for c in self.table.frame.columns if c != geometry]
        return (*own, *(c for c in self.columns_now if c not in own))

    def value(self, row: int, name: str) -> Any:
        """Return one value as of the clock, None if the column is missing."""
        values = self.column(name)
        return None if values is None else values[row]

    def facts(self, row: int, at: datetime) -> list[Fact]:
        """Return what a click on a row shows: the author's choice, else every column."""
        if self.table is None:
            return []
        describe = getattr(self.layer, "describe", None)
        if describe is not None:
            return [*describe(self.table, row, self.params, at), *gathered(self, row)]
        facts = []
        for name in self.column_names():
            column = self.table.column(name)
            label = column.label or {"en": name}
            facts.append(
                Fact(
                    label=label,
                    value=self.value(row, name),
                    unit=column.unit,
                    provenance=column.provenance,
                )
            )
        return facts

    def series(self, row: int) -> list[Series]:
        """Return the charts of a row, empty where the layer has none."""
        method = getattr(self.layer, "series", None)
        return (
            list(method(self.table, row, self.params)) if method and self.table is not None else []
        )

    def geometry_bounds_in_scene(self) -> tuple[float, float, float, float, float, float] | None:
        """x_min, y_min, z_min, x_max, y_max, z_max of what is drawn; None when nothing is."""
        return self.bounds


def make_layer(layer: Any, spec: LayerSpec) -> Made:
    """Return a layer with the parameters of its description."""
    cls = getattr(layer, "Params", None)
    if cls is None:
        return Made(layer=layer, params=None, problems=())
    params, problems = make(cls, spec.params, spec.id)
    return Made(layer=layer, params=params, problems=tuple(problems))


def read(ctx: Any, made: Made) -> Read:
    """Run an author's ``load`` and what belongs to it. Runs on a worker."""
    layer = made.layer
    table = layer.load(ctx)
    if not isinstance(table, FeatureTable):
        raise TypeError(f"load() must return a FeatureTable, got {type(table).__name__}")
    if FEATURE_ID not in table.frame.columns:
        raise TypeError("the table that load() returned has no column feature_id")
    ground = layer.ground(table, ctx.params, ctx.frame) if hasattr(layer, "ground") else None
    if ground is not None and not callable(getattr(ground, "height_m", None)):
        raise TypeError(f"ground() must return a Ground, got {type(ground).__name__}")
    default = layer.default_style(table) if hasattr(layer, "default_style") else None
    return Read(
        table=table,
        default_style=default or Style(),
        ground=ground,
        problems=tuple(ctx.problems),
    )


def loaded(read: Read, spec: LayerSpec, made: Made, at: datetime, key: str | None = None) -> Loaded:
    """Return what was read with its colours at a moment. Runs on a worker."""
    draft = LayerRuntime(spec)
    draft.table, draft.params, draft.default_style = read.table, made.params, read.default_style
    draft.layer = made.layer
    problems = read.problems
    if hasattr(made.layer, "columns_at"):
        try:
            draft.columns_now = columns_at(made.layer, read.table, made.params, at)
        except Exception as error:  # noqa: BLE001 - a layer's author may raise anything
            problems = (*problems, columns_failed(spec.id, error))
    validity = Validity.of(read.table.frame)
    return Loaded(
        made=made,
        read=read,
        validity=validity,
        look=look(draft),
        columns=draft.columns_now,
        problems=problems,
        at=at,
        key=key,
    )


def columns_at(layer: Any, table: FeatureTable, params: Any, at: datetime) -> Mapping[str, Any]:
    """Return the columns of a layer at a moment. Raises ValueError unless each has a value a row."""
    columns = dict(layer.columns_at(table, params, at))
    for name, values in columns.items():
        if np.shape(values)[:1] != (len(table),):
            raise ValueError(f"columns_at(): {name} must have {len(table)} values")
    return columns


def columns_failed(layer_id: str, error: Exception) -> Problem:
    """Return how a layer's owner is told that its values at a moment could not be had."""
    return Problem(COLUMNS_FAILED, layer_id, {"reason": repr(error)})


def build(layer: Any, table: FeatureTable, params: Any, view: ViewQuery, where: str) -> Built:
    """Run an author's ``build`` and drop what cannot be drawn. Runs on a worker."""
    good: list[Drawable] = []
    problems: list[Problem] = []
    for drawable in layer.build(table, params, view):
        try:
            check(drawable, rows=len(table))
        except (ValueError, AttributeError, TypeError) as error:
            values = {"reason": str(error)}
            problems.append(Problem("layer.bad_drawable", where, values, Severity.ERROR))
        else:
            good.append(drawable)
    if not good and not problems and len(table):
        problems.append(Problem("layer.nothing_to_draw", where, {"count": len(table)}))
    return Built(drawables=tuple(good), bounds=bounds_of(good), problems=tuple(problems))


def look(runtime: LayerRuntime) -> Look:
    """Return the colours of a layer under the style in force: the project's, else its own, classes fixed."""
    table = runtime.table
    if table is None:
        raise ValueError("a layer without a table has no colours")
    style = fixed(runtime.spec.style or runtime.default_style, runtime.column)
    legend = own_legend(runtime.layer, table, runtime.params)
    if legend is None:
        legend = legend_of(style, runtime.column, lambda name: table.column(name).unit)
    return Look(
        style=style,
        rgba=rgba_of_rows(style, len(table), runtime.column, runtime.around),
        legend=replace(legend, symbols=own_symbols(runtime.layer, table, runtime.params)),
    )


def own_legend(layer: Any, table: FeatureTable, params: Any) -> Legend | None:
    """Return what a layer says of its colours where its style does not decide them, else None."""
    legend = layer.legend(table, params) if hasattr(layer, "legend") else None
    if legend is not None and not isinstance(legend, Legend):
        raise TypeError(f"legend() must return a Legend or None, got {type(legend).__name__}")
    return None if legend is None else replace(legend, told=True)


def own_symbols(layer: Any, table: FeatureTable, params: Any) -> tuple[LegendSymbol, ...]:
    """Return what a layer says its shapes stand for, nothing where it says nothing."""
    symbols = tuple(layer.symbols(table, params)) if hasattr(layer, "symbols") else ()
    if not all(isinstance(symbol, LegendSymbol) for symbol in symbols):
        raise TypeError("symbols() must return LegendSymbol")
    return symbols


def recoloured(runtime: LayerRuntime) -> NDArray[np.uint8]:
    """Return (n_rows, 4) uint8 of the present style on the present columns."""
    rows = len(runtime.table) if runtime.table is not None else 0
    return rgba_of_rows(runtime.style, rows, runtime.column, runtime.around)


def bounds_of(
    drawables: Sequence[Drawable],
) -> tuple[float, float, float, float, float, float] | None:
    """Return the box around drawables in the scene, without labels."""
    arrays = [
        d.xyz_in_scene
        for d in drawables
        if not isinstance(d, Labels | Drape | Tileset) and len(d.xyz_in_scene) > 0
    ]
    boxes = [d.bounds for d in drawables if isinstance(d, Tileset) and d.bounds is not None]
    arrays += [np.array(box, np.float32).reshape(2, 3) for box in boxes]
    if not arrays:
        return None
    # Column by column: reducing (n, 3) along n is several times slower.
    low = np.min([[column.min() for column in a.T] for a in arrays], axis=0)
    high = np.max([[column.max() for column in a.T] for a in arrays], axis=0)
    return (*map(float, low), *map(float, high))  # type: ignore[return-value]
