"""The order of the checks: manifest, imports, texts, then the layers at work on samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from twin import io
from twin.contract import samples
from twin.contract.findings import Findings, finding
from twin.contract.imports import check_imports
from twin.contract.kinds import check_contributions
from twin.contract.run import Case, check_sample, unique
from twin.contract.texts import check_papers, check_params, check_titles
from twin.errors import PluginError, ReadError
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureTable
from twin.progress import Unattended
from twin.registry import LayerType, Manifest, Registry, read_manifest
from twin.registry.manifest import MANIFEST_NAME
from twin.registry.registry import Isolate
from twin.work.brought.glyphs import offer_glyphs


def plugin_folders(*parents: Path) -> list[Path]:
    """Return the plugin folders inside folders such as ``layers`` and ``plugins``."""
    return sorted(p.parent for parent in parents for p in parent.glob(f"*/{MANIFEST_NAME}"))


def check_folder(folder: Path, *, isolate: Isolate | None = None) -> Findings:
    """Yield everything that is wrong with a plugin; nothing when it keeps the contract.

    Parameters
    ----------
    folder : Path
        Has a ``plugin.toml``. Its table ``[contract]`` may name sample files by role, for instance
        ``sources = { features = "sample/points.csv" }``, and their ``crs``; without it small tables
        of the kinds that each layer accepts are used.
    isolate : callable or None
        Runs the plugin's code in a process of its own; None: in this one, for plugins that are trusted.
    """
    # What goes wrong for one row or moment does so for many: once is enough to know.
    yield from unique(_check_folder(folder, isolate))


def _check_folder(folder: Path, isolate: Isolate | None) -> Findings:
    try:
        manifest = read_manifest(folder)
    except PluginError as error:
        yield error.problem
        return
    yield from check_imports(folder)
    yield from check_titles(manifest)
    yield from check_papers(manifest)
    registry = Registry(isolate=isolate)
    registry.add_folder(folder, isolated=isolate is not None)
    yield from registry.problems
    offer_glyphs(registry)
    tables: dict[str, FeatureTable] = {}
    for layer_type in manifest.layers:
        yield from _check_layer(manifest, layer_type, registry, tables)
    yield from check_contributions(manifest, registry, tables)


def _check_layer(
    manifest: Manifest,
    layer_type: LayerType,
    registry: Registry,
    tables: dict[str, FeatureTable],
) -> Findings:
    """Check a layer type; what it loads of its own sample is put among ``tables``."""
    try:
        layer = registry.create(layer_type.id)
    except PluginError as error:
        yield error.problem
        return
    missing = [n for n in ("load", "build") if not callable(getattr(layer, n, None))]
    for name in missing:
        yield finding("contract.method_missing", layer_type.id, method=name)
    params_class = getattr(layer, "Params", None)
    if params_class is not None:
        yield from check_params(params_class, manifest, layer_type.id)
    if missing:
        return
    outside = [p for p in _sample_files(manifest).values() if not _is_inside(p, manifest.folder)]
    for path in outside:
        yield finding("plugin.data_outside", layer_type.id, value=str(path))
    cases = [] if outside else list(_cases(manifest, layer_type))
    if not cases and not outside:
        yield finding("contract.no_sample", layer_type.id)
    for case in cases:
        where = f"{layer_type.id} ({case.name})"
        yield from check_sample(layer, case, where=where, tables=tables)


def _cases(manifest: Manifest, layer_type: LayerType) -> Iterator[Case]:
    declared = _declared(manifest)
    files = _sample_files(manifest)
    if layer_type.roles[0] in files:
        frame = _frame(str(declared.get("crs", samples.CRS)), files[layer_type.roles[0]])
        yield Case(
            name="own sample",
            frame=frame,
            roles=layer_type.roles,
            folder=manifest.folder,
            files=files,
        )
    for kind in layer_type.accepts:
        tables = {layer_type.roles[0]: samples.sample(kind)}
        yield Case(
            name=kind,
            frame=samples.FRAME,
            roles=layer_type.roles,
            folder=manifest.folder,
            tables=tables,
        )


def _declared(manifest: Manifest) -> dict[str, object]:
    """Return the table ``[contract]``; nothing where it is none."""
    table = manifest.extra.get("contract", {})
    return dict(table) if isinstance(table, dict) else {}


def _sample_files(manifest: Manifest) -> dict[str, Path]:
    rows = _declared(manifest).get("sources", {})
    items = rows.items() if isinstance(rows, dict) else ()
    return {str(role): manifest.folder / str(path) for role, path in items}


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _frame(crs: str, path: Path) -> GeoFrame:
    """Return a frame whose origin is where the sample is; at zero where that cannot be told."""
    frame = GeoFrame(crs=crs)
    try:
        table = io.read(path, target=frame, progress=Unattended())
    except ReadError:  # the layer may read the file by itself
        return frame
    x0, y0, x1, y1 = _bounds(table)
    return GeoFrame(crs=crs, origin=(float(round((x0 + x1) / 2)), float(round((y0 + y1) / 2)), 0.0))


def _bounds(table: FeatureTable) -> tuple[float, ...]:
    if table.raster is not None:
        return table.raster.extent
    if table.mesh is not None:
        xyz = table.mesh.xyz_in_crs
        return (*xyz.min(axis=0)[:2], *xyz.max(axis=0)[:2])
    bounds = table.frame.total_bounds
    return tuple(float(v) for v in bounds) if np.isfinite(bounds).all() else (0.0,) * 4
