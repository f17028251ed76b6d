"""Points and shapes from the columns of a table: longitude and latitude, x and y, WKT, texts of several kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import CrsError, ReadError
from twin.io.columns import as_objects
from twin.io.crs import in_area_of_use
from twin.io.guess import column_for, normalised
from twin.io.loaded import Declared, Request
from twin.io.quantities import parse
from twin.model.geoframe import parse_crs
from twin.problems import Problem

Columns = Mapping[str, NDArray[Any]]

LONLAT = Declared(text="EPSG:4326", by_default=True)
_FRANCE_LON, _FRANCE_LAT = (-5.5, 9.7), (41.0, 51.5)
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_PAIR = re.compile(rf"^\s*[\[(]?\s*{_NUMBER}\s*[,;\s]\s*{_NUMBER}\s*[\])]?\s*$")
_NAMED = re.compile(
    rf"^\s*{{\s*['\"]lon['\"]\s*:\s*{_NUMBER}\s*,\s*['\"]lat['\"]\s*:\s*{_NUMBER}\s*}}\s*$"
)
_WKT = re.compile(
    r"^\s*(?:SRID=(\d+);)?\s*((?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b",
    re.IGNORECASE,
)
_WKB = re.compile(r"^(?:00|01)[0-9A-Fa-f]{16,}$")
_DEGREES = re.compile(
    r"""^([NSEWO])?\s*([+-]?\d+(?:[.,]\d+)?)\s*[°ºd]?\s*(?:(\d+(?:[.,]\d+)?)\s*['′’m]\s*)?(?:(\d+(?:[.,]\d+)?)\s*["″”s]|''\s*)?\s*([NSEWO])?$""",
    re.IGNORECASE,
)
_ANGLES = re.compile(r"^\s*(\S.*?[NS])[\s,;]+(\S.*?[EWO])\s*$", re.IGNORECASE)
"""Latitude and longitude in one cell: ``48°49'15"N 2°15'50"E``."""
_OF_A_SYSTEM = re.compile(
    r"^(.*?)_?(?:(l93|lamb93|lambert93|lambert_93|rgf93|ouv93)|(?:epsg_?)?(?!(?:19\d\d|20[0-3]\d)$)(\d{4,5})|20[0-3]\d|19\d\d|m|metres?|meters?|utm\w*|centroid)$"
)
"""What a name says of the system beside the axis: ``x_l93``, ``XL93``, ``x_25832``, ``Easting (m)``; no year."""
_LON_FIRST = {"coordonneesxy", "coordinates", "coordonnees", "lonlat", "lon_lat"}
_TRIED = 20


def points_from_columns(columns: Columns, request: Request) -> tuple[NDArray[Any] | None, Declared]:
    """Return the geometries that a table holds in its columns, None when there are no coordinates.

    Options: ``x`` and ``y`` name the columns, ``z`` the heights, ``wkt`` a column of WKT.

    Raises
    ------
    ReadError
        An option names a column that is not there.
    """
    for option in ("x", "y", "z", "wkt"):
        named = str(request.options.get(option, ""))
        if named and named not in columns:
            raise ReadError(
                "io.no_such_column", request.where, column=named, columns=_listed(columns)
            )
    for found in (_from_wkt, _from_pair_of_columns, _from_texts):
        result = found(columns, request)
        if result is not None:
            return result
    return None, Declared()


def _listed(columns: Columns) -> str:
    return ", ".join(list(columns)[:20])


def _from_wkt(columns: Columns, request: Request) -> tuple[NDArray[Any], Declared] | None:
    named = str(request.options.get("wkt", "")) or column_for("wkt", columns)
    for name in [named] if named else list(columns):
        values = columns[name]
        texts = [value if isinstance(value, str) else "" for value in values]
        first = next((text for text in texts if text.strip()), "")
        if named and first.lstrip().startswith("{"):
            return _from_geojson_texts(texts, request)
        if _WKB.match(first):
            return _from_wkb(texts, request)
        if match := _WKT.match(first):
            return _from_wkt_texts(texts, match, request)
    return None


def _from_wkb(texts: list[str], request: Request) -> tuple[NDArray[Any], Declared]:
    """Shapes as PostGIS writes them into a table: hexadecimal, the code of their CRS within."""
    given = [text or None for text in texts]
    shapes = np.asarray(shapely.from_wkb(as_objects(given), on_invalid="ignore"))
    _report_bad(shapes, given, request)
    codes = shapely.get_srid(shapes[~shapely.is_missing(shapes)])
    code = int(codes[0]) if len(codes) else 0
    return shapely.set_srid(shapes, 0), Declared(text=f"EPSG:{code}" if code else "")


def _from_wkt_texts(
    texts: list[str], match: re.Match[str], request: Request
) -> tuple[NDArray[Any], Declared]:
    bare = [re.sub(r"^\s*SRID=\d+;", "", text, flags=re.IGNORECASE) or None for text in texts]
    shapes = np.asarray(shapely.from_wkt(as_objects(bare), on_invalid="ignore"))
    _report_bad(shapes, bare, request)
    return shapes, Declared(text=f"EPSG:{match[1]}" if match[1] else "")


def _from_geojson_texts(texts: list[str], request: Request) -> tuple[NDArray[Any], Declared]:
    given = [text or None for text in texts]
    shapes = np.asarray(shapely.from_geojson(as_objects(given), on_invalid="ignore"))
    _report_bad(shapes, given, request)
    return shapes, LONLAT


def _report_bad(shapes: NDArray[Any], given: list[str | None], request: Request) -> None:
    bad = sum(text is not None and shape is None for text, shape in zip(given, shapes, strict=True))
    if bad:
        request.progress.report(Problem("io.csv_bad_shapes", request.where, {"count": bad}))


def _from_pair_of_columns(
    columns: Columns, request: Request
) -> tuple[NDArray[Any], Declared] | None:
    x_name, y_name = str(request.options.get("x", "")), str(request.options.get("y", ""))
    declared = Declared()
    if not (x_name and y_name):
        x_name, y_name = _lonlat_columns(columns)
        declared = LONLAT
    if not (x_name and y_name):
        x_name, y_name, declared = _plane_columns(columns)
    if not (x_name and y_name):
        return None
    read = degrees if declared is LONLAT else _plain
    x, y = read(columns[x_name]), read(columns[y_name])
    if not (np.isfinite(x) & np.isfinite(y)).any():
        return None
    z_name = str(request.options.get("z", ""))
    z = parse(columns[z_name]).values if z_name else None
    return _points(x, y, z, request, lonlat=declared is LONLAT), declared


def _plain(values: NDArray[Any]) -> NDArray[np.float64]:
    return parse(values).values


def degrees(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return a column of angles as numbers: ``2.264``, ``2,264 E``, ``2°15'50.4"E``; NaN where it is none."""
    numbers = parse(values).values
    for row in np.flatnonzero(np.isnan(numbers)):
        text = values[row] if isinstance(values[row], str) else ""
        found = _DEGREES.match(text.strip())
        if found:
            whole, minutes, seconds = (
                float((found[k] or "0").replace(",", ".")) for k in (2, 3, 4)
            )
            angle = abs(whole) + minutes / 60 + seconds / 3600
            side = (found[1] or found[5] or "").upper()
            numbers[row] = -angle if side in {"S", "W", "O"} or found[2].startswith("-") else angle
    return numbers


def _plane_columns(columns: Columns) -> tuple[str, str, Declared]:
    """Return the columns of easting and northing, and the CRS that their names say."""
    x_name, y_name = column_for("x", columns), column_for("y", columns)
    if x_name and y_name:
        french = normalised(x_name).endswith("ouv93")
        return x_name, y_name, Declared(text="EPSG:2154" if french else "")
    bare: dict[str, tuple[str, str]] = {}
    for column in columns:
        found = _OF_A_SYSTEM.match(normalised(column))
        if found and found[1]:
            code = "EPSG:2154" if found[2] else f"EPSG:{found[3]}" if found[3] else ""
            bare.setdefault(found[1], (column, code))
    x_bare, y_bare = column_for("x", bare), column_for("y", bare)
    if not (x_bare and y_bare):
        return "", "", Declared()
    (x_name, code), (y_name, _) = bare[x_bare], bare[y_bare]
    fits = _fits(code, _plain(columns[x_name]), _plain(columns[y_name]))
    return x_name, y_name, Declared(text=code if fits else "")


def _fits(code: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    """Whether a code names a projected CRS in whose area the numbers fall."""
    known = np.isfinite(x) & np.isfinite(y)
    if not code or not known.any():
        return False
    bounds = (x[known].min(), y[known].min(), x[known].max(), y[known].max())
    try:
        return parse_crs(code).is_projected and in_area_of_use(code, bounds)
    except CrsError:
        return False


def _lonlat_columns(columns: Columns) -> tuple[str, str]:
    """Return the columns of longitude and latitude, also where a prefix stands before the words."""
    lon, lat = column_for("lon", columns), column_for("lat", columns)
    if lon and lat:
        return lon, lat
    by_name = {normalised(name): name for name in columns}
    for name, column in by_name.items():
        for word, other in (("latitude", "longitude"), ("lat", "long"), ("lat", "lon")):
            twin = by_name.get(name.replace(word, other, 1))
            if word in name and twin is not None and twin != column:
                return twin, column
    return "", ""


def _from_texts(columns: Columns, request: Request) -> tuple[NDArray[Any], Declared] | None:
    """Find a column that holds both numbers: ``[2.27, 48.82]``, ``48.82, 2.27``, ``{'lon': ..}``."""
    for name, values in columns.items():
        if values.dtype != object:
            continue
        texts = [value.replace("\u00a0", " ") if isinstance(value, str) else "" for value in values]
        first = [text for text in texts if text.strip()][:_TRIED]
        for pattern in (_PAIR, _NAMED):
            if first and all(pattern.match(text) for text in first):
                pairs = _pairs(texts, pattern)
                if pattern is _PAIR and not _is_lon_first(name, pairs):
                    pairs = pairs[:, ::-1]
                if (np.abs(pairs[np.isfinite(pairs).all(axis=1)]) <= (180, 90)).all():
                    return _points(pairs[:, 0], pairs[:, 1], None, request, lonlat=True), LONLAT
        angles = [_ANGLES.match(text) for text in texts]
        if first and all(map(_ANGLES.match, first)):
            lat, lon = (degrees(as_objects([a and a[k] for a in angles])) for k in (1, 2))
            return _points(lon, lat, None, request, lonlat=True), LONLAT
    return None


def _pairs(texts: list[str], pattern: re.Pattern[str]) -> NDArray[np.float64]:
    pairs = np.full((len(texts), 2), np.nan)
    for row, text in enumerate(texts):
        found = pattern.match(text)
        if found:
            pairs[row] = float(found[1]), float(found[2])
    return pairs


def _is_lon_first(name: str, pairs: NDArray[np.float64]) -> bool:
    """Open-data portals write latitude first, French schemas longitude: name and numbers tell."""
    if normalised(name) in _LON_FIRST:
        return True
    known = pairs[np.isfinite(pairs).all(axis=1)]
    return bool((_within(known[:, 0], _FRANCE_LON) & _within(known[:, 1], _FRANCE_LAT)).all())


def _points(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    z: NDArray[np.float64] | None,
    request: Request,
    *,
    lonlat: bool,
) -> NDArray[Any]:
    known = np.isfinite(x) & np.isfinite(y)
    if lonlat:
        x, y = _unswapped(x, y, known, request)
    shapes = np.full(len(x), None, dtype=object)
    axes = [x[known], y[known]] + ([z[known]] if z is not None else [])
    shapes[known] = shapely.points(np.column_stack(axes))
    return shapes


def _unswapped(
    x: NDArray[np.float64], y: NDArray[np.float64], known: NDArray[np.bool_], request: Request
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn the rows of a French file that have latitude and longitude exchanged.

    Longitudes 41..51.5 with latitudes -5.5..9.7 are in Somalia: they are France only where other rows are.
    """
    in_france = _within(x, _FRANCE_LON) & _within(y, _FRANCE_LAT) & known
    exchanged = _within(x, _FRANCE_LAT) & _within(y, _FRANCE_LON) & known & ~in_france
    if not exchanged.any() or not in_france.any():
        return x, y
    values = {"count": int(exchanged.sum())}
    request.progress.report(Problem("io.csv_axes_swapped", request.where, values))
    return np.where(exchanged, y, x), np.where(exchanged, x, y)


def _within(values: NDArray[np.float64], span: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values >= span[0]) & (values <= span[1]))
