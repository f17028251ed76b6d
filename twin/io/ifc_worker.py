"""The process that reads IFC: ``python -m twin.io.ifc_worker FILE FOLDER``. A crash of it is only a message.

Writes ``rows.json`` (products, place, units) and ``mesh.npz`` (triangles in metres, z up) to the folder; prints
``progress DONE TOTAL`` lines.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

MEMORY_BYTES = 8 << 30
PROPERTIES = 150
_NO_SHAPE = ("IfcOpeningElement", "IfcSpace", "IfcVirtualElement", "IfcAnnotation", "IfcGrid")
_LENGTH = 400


def main() -> int:
    """Read one file; 0 where anything could be read."""
    source, folder = sys.argv[1], Path(sys.argv[2])
    _bounded()
    import ifcopenshell

    try:
        model: Any = ifcopenshell.open(source)
    except Exception as error:  # noqa: BLE001 - the parent says it in words
        return _failed(folder, error)
    if model is None:
        return _failed(folder, ValueError("no IFC model"))
    rows, row_of = _rows(model)
    from twin.io import ifc_place

    answer: dict[str, Any] = {
        "schema": str(getattr(model, "schema_identifier", model.schema)),
        "application": _application(model),
        "rows": rows,
        "storeys": [str(storey.Name or "") for storey in model.by_type("IfcBuildingStorey")],
        "place": ifc_place.place_of(model),
    }
    bad = _meshes(model, row_of, folder)
    answer["bad_shapes"] = bad
    (folder / "rows.json").write_text(json.dumps(answer), encoding="utf-8")
    return 0


def _bounded() -> None:
    """A file that asks for more memory than any honest one ends this process, not the application."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _failed(folder: Path, error: Exception) -> int:
    text = {"error": f"{error}"[:300] or type(error).__name__}
    (folder / "rows.json").write_text(json.dumps(text), encoding="utf-8")
    return 3


def _application(model: Any) -> str:
    names = [str(item.ApplicationFullName) for item in model.by_type("IfcApplication")]
    return ", ".join(dict.fromkeys(names))[:_LENGTH]


def _rows(model: Any) -> tuple[list[dict[str, Any]], dict[int, int]]:
    rows: list[dict[str, Any]] = []
    row_of: dict[int, int] = {}
    for product in model.by_type("IfcProduct"):
        if product.is_a("IfcOpeningElement") or product.is_a("IfcPort"):
            continue
        row_of[product.id()] = len(rows)
        rows.append(_row(product))
    return rows, row_of


def _row(product: Any) -> dict[str, Any]:
    from ifcopenshell.util import element

    row: dict[str, Any] = {
        "feature_id": str(product.GlobalId),
        "type": str(product.is_a()),
        "name": _text(product.Name),
    }
    container = _quietly(element.get_container, product)
    if container is None and product.is_a("IfcSpace"):
        container = _quietly(element.get_aggregate, product)
    if container is not None:
        row["storey" if container.is_a("IfcBuildingStorey") else "inside"] = _text(container.Name)
    parent = _quietly(element.get_aggregate, product) or container
    if parent is not None:
        row["parent_id"] = str(parent.GlobalId)
    kind = _quietly(element.get_predefined_type, product)
    if kind:
        row["predefined_type"] = _text(kind)
    named = _quietly(element.get_type, product)
    if named is not None:
        row["object_type"] = _text(named.Name)
    material = _quietly(element.get_material, product, should_skip_usage=True)
    if material is not None:
        row["material"] = _text(getattr(material, "Name", None) or material.is_a())
    for set_name, values in (_quietly(element.get_psets, product) or {}).items():
        for name, value in values.items():
            if name != "id" and len(row) < PROPERTIES:
                row[f"{set_name}.{name}"[:120]] = _plain(value)
    return row


def _quietly(call: Any, *arguments: Any, **named: Any) -> Any:
    """A product with a broken relation still is a product."""
    try:
        return call(*arguments, **named)
    except Exception:  # noqa: BLE001
        return None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:_LENGTH]


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    return str(value)[:_LENGTH]


def _meshes(model: Any, row_of: dict[int, int], folder: Path) -> int:
    xyz, triangles, rows, colours = [], [], [], []
    first, bad = 0, 0
    for shape, done in _shapes(model):
        row = row_of.get(shape.id)
        geometry = shape.geometry
        corners = np.asarray(geometry.verts, np.float64).reshape(-1, 3)
        faces = np.asarray(geometry.faces, np.int64).reshape(-1, 3)
        if row is None or not len(faces):
            bad += row is not None
            continue
        xyz.append(corners)
        triangles.append(faces + first)
        rows.append(np.full(len(faces), row, np.int32))
        colours.append(_colours(geometry, len(faces)))
        first += len(corners)
        sys.stdout.write(f"progress {done} 100\n")
        sys.stdout.flush()
    empty = np.empty((0, 3))
    np.savez(
        folder / "mesh.npz",
        xyz=np.concatenate(xyz) if xyz else empty,
        triangles=np.concatenate(triangles) if triangles else empty.astype(np.int64),
        rows=np.concatenate(rows) if rows else np.empty(0, np.int32),
        rgba=np.concatenate(colours) if colours else np.empty((0, 4), np.uint8),
    )
    return bad


def _shapes(model: Any) -> Iterator[tuple[Any, int]]:
    geom: Any = importlib.import_module("ifcopenshell.geom")
    settings = geom.settings()
    settings.set("use-world-coords", True)
    leave = [name for name in _NO_SHAPE if _known(model, name)]
    wanted = [
        product
        for product in model.by_type("IfcProduct")
        if getattr(product, "Representation", None) is not None
        and not any(product.is_a(name) for name in leave)
    ]
    if not wanted:
        return
    threads = max(1, (os.cpu_count() or 2) - 1)
    iterator = geom.iterator(settings, model, threads, include=wanted)
    if not iterator.initialize():
        return
    while True:
        yield iterator.get(), int(iterator.progress())
        if not iterator.next():
            return


def _known(model: Any, name: str) -> bool:
    try:
        model.by_type(name)
    except RuntimeError:
        return False
    return True


def _colours(geometry: Any, count: int) -> np.ndarray[Any, Any]:
    found = np.zeros((count, 4), np.uint8)
    styles = list(geometry.materials)
    index = np.asarray(geometry.material_ids, np.int64)
    for number, style in enumerate(styles):
        rgba = _rgba(style)
        if rgba is not None and len(index) == count:
            found[index == number] = rgba
    return found


def _rgba(style: Any) -> tuple[int, int, int, int] | None:
    try:
        colour = style.diffuse
        parts = [float(value) for value in (colour.r(), colour.g(), colour.b())]
        clear = float(style.transparency)
    except (AttributeError, TypeError, ValueError):
        return None
    if not all(0 <= part <= 1 for part in parts):
        return None
    alpha = 1.0 if not 0 <= clear < 1 else 1.0 - clear
    return (*(round(255 * part) for part in parts), max(round(255 * alpha), 1))  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main())
