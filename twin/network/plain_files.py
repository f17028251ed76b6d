"""A network from one file of any kind: pandapower and pandapipes, ESDL, CGMES, or features of a GIS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from twin.network import drawing, features, names, panda_file, panda_tables
from twin.network.drawing import Meaning
from twin.network.model import Network, NetworkError
from twin.network.panda_tables import Document
from twin.progress import Progress

if TYPE_CHECKING:
    import geopandas as gpd

HEAD_BYTES = 4096
OWN_WORDS = ("id", "osm_id", "osm_way_id", "name", "nom")
"""Columns that may call a feature, the surest first."""


def networks_of(
    path: Path, *, crs: str = "", meaning: Meaning | None = None, progress: Progress
) -> tuple[Network, ...]:
    """Return the networks of a file: one, or one for each commodity where features say what each line carries.

    Parameters
    ----------
    crs : str
        Of a file that does not say.
    meaning : Meaning or None
        What the columns of a drawing are; what it leaves open is guessed.

    Raises
    ------
    BelvedereError
        It cannot be read, or holds no network.
    """
    if not path.exists():
        raise NetworkError("network.not_readable", str(path), reason="no such file")
    if path.suffix.lower() == ".json" and is_panda(path):
        return (panda_file.network_of(panda_tables.read(path), path.stem),)
    if path.suffix.lower() == ".esdl":
        from twin.network import esdl

        return (esdl.network_of(path),)
    from twin.io import cgmes_file

    if cgmes_file.looks_like(path):
        return (panda_file.network_of(cgmes_document(path, progress), path.stem),)
    return _of_features(path, crs, meaning or Meaning(), progress)


def network_of(
    path: Path, *, crs: str = "", meaning: Meaning | None = None, progress: Progress
) -> Network:
    """Return the network of a file that has one; of several the first. Arguments as for :func:`networks_of`."""
    return networks_of(path, crs=crs, meaning=meaning, progress=progress)[0]


def is_panda(path: Path) -> bool:
    """Whether a JSON file is a network of pandapower or pandapipes, by its first bytes."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return b"pandapower" in head or b"pandapipes" in head


def cgmes_document(path: Path, progress: Progress) -> Document:
    """Return the tables of a CGMES model, converted by pandapower in the solver's process.

    Raises
    ------
    BelvedereError
        It holds entities, or cannot be converted.
    """
    from twin.io import cgmes_file
    from twin.network.solve.client import shared

    cgmes_file.checked(path)
    text = shared().convert({"convert": "cgmes", "path": str(path.resolve())}, progress)
    return panda_tables.parsed(text, path.name)


def _of_features(path: Path, crs: str, meaning: Meaning, progress: Progress) -> tuple[Network, ...]:
    from twin import io

    table = io.read(path, crs=crs, progress=progress, options={"mixed": True})
    told = meaning.commodity or names.commodity_of(table.frame, path.stem)
    frame = metric(drawing.taken(table.frame, replace(meaning, commodity=told)), table.crs or crs)
    metres = replace(
        table, frame=frame, name=path.stem.removesuffix(".osm"), crs=str(frame.crs or "")
    )
    return tuple(
        replace(made, aliases={**_own_words(frame, made), **made.aliases})
        for made in features.networks_of(metres, commodity=told)
    )


def _own_words(frame: gpd.GeoDataFrame, network: Network) -> dict[str, str]:
    """Return what a file itself calls its features, where it is said of one only: its ids and names."""
    found: dict[str, str] = {}
    ids = frame["feature_id"].astype(str).to_numpy(object)
    for column in (c for c in OWN_WORDS if c in frame):
        words = frame[column].astype("string").fillna("")
        once = (words != "") & ~words.duplicated(keep=False)
        for word, own in zip(words[once], ids[once.to_numpy(bool)], strict=True):
            # Of a line that was cut, the first part stands for all.
            found.setdefault(str(word), own if network.has(own) else f"{own}#1")
    return found


def metric(frame: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Return the features in metres: lengths and gaps mean nothing in degrees."""
    if frame.crs is None and crs:
        frame = frame.set_crs(crs)
    if frame.crs is not None and frame.crs.is_geographic:
        metres: gpd.GeoDataFrame = frame.to_crs(frame.estimate_utm_crs())
        return metres
    return frame
