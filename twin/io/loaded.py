"""What a format module hands over: a layer as it stands in the file, nothing decided yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from twin.model.table import FeatureMesh, PointCloud, Raster
from twin.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The CRS that a file names.

    Parameters
    ----------
    text : str
        Authority code, URN, OGC URL or WKT; empty when the file names none.
    by_default : bool
        The format says so, not the file: GeoJSON without a ``crs`` member is longitude, latitude.
    metric : bool
        The format measures in metres: small numbers are a model of its own, never degrees.
    nowhere : bool
        A diagram, in metres around its middle: it lies nowhere, and is put in the middle of the project.
    """

    text: str = ""
    by_default: bool = False
    metric: bool = False
    nowhere: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be read of a file.

    Parameters
    ----------
    path : Path
        As the user named it.
    opened : str
        What the library opens: the path, or a place inside a zip file.
    format : str
        Name of the format, a key of ``twin.io.formats.FORMATS``.
    sublayer : str
        Empty: the first one that has something to show.
    crs : str
        What the user says of the CRS, whatever the file says; usually empty.
    options : mapping
        Options of the reader, from the project.
    middle : (x, y)
        Middle of the project in its CRS: for what lies nowhere.
    """

    path: Path
    opened: str
    progress: Progress
    format: str = ""
    sublayer: str = ""
    crs: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    middle: tuple[float, float] = (0.0, 0.0)

    @property
    def stem(self) -> str:
        """Name of the file that is opened, up to its first dot: the name of its one layer."""
        return Path(self.opened).name.split(".")[0] or self.path.name

    @property
    def inspecting(self) -> bool:
        """Whether only a description is wanted, not the geometry of meshes."""
        return bool(self.options.get("inspect", False))

    @property
    def where(self) -> str:
        """Name of the file (and layer) as messages say it."""
        return f"{self.path.name} › {self.sublayer}" if self.sublayer else self.path.name


@dataclass(kw_only=True)
class Loaded:
    """One layer in the CRS of its file.

    Parameters
    ----------
    count : int
        Rows.
    columns : dict of str to (count,) array
        Attributes, in the order of the file.
    geometry : (count,) object array of shapely geometries or None
        None where the layer has no geometry at all.
    row_names : (count,) array or None
        Names of the rows in the file, where it has its own (fid, ids of city objects).
    mesh, raster, points
        In the CRS of the file, heights as in the file.
    details : dict
        For the inspection.
    """

    name: str
    count: int
    crs: Declared
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    geometry: NDArray[Any] | None = None
    row_names: NDArray[Any] | None = None
    mesh: FeatureMesh | None = None
    raster: Raster | None = None
    points: PointCloud | None = None
    lods: tuple[str, ...] = ()
    kind: str = ""
    details: dict[str, Any] = field(default_factory=dict)
