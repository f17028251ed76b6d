"""What the application is made of: versions and licences, as installed."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata

import twin

PACKAGES = (
    "PySide6_Essentials",
    "vtk",
    "pyvista",
    "pyvistaqt",
    "numpy",
    "pandas",
    "scipy",
    "geopandas",
    "shapely",
    "pyproj",
    "pyogrio",
    "rasterio",
    "pyarrow",
    "trimesh",
    "embreex",
    "reportlab",
    "cmap",
    "psygnal",
    "pyqtgraph",
    "QtAwesome",
    "fontpkg-inter",
)


@dataclass(frozen=True, slots=True)
class Component:
    """A package: name, version, licence in a few words."""

    name: str
    version: str
    licence: str


def components() -> list[Component]:
    """Return the installed packages that the application names in its own dependencies."""
    found = []
    for name in PACKAGES:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append(Component(str(about["Name"]), str(about["Version"]), licence_of(about)))
    return found


def licence_of(about: metadata.PackageMetadata) -> str:
    """Return a package's licence: its SPDX expression, else its classifier, else its first line."""
    expression = about.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    if classifiers:
        return ", ".join(dict.fromkeys(classifiers))
    return str(about.get("License") or "").strip().split("\n")[0][:80]


def report(renderer: str) -> str:
    """Return versions as plain text, to paste into a report of a fault."""
    lines = [
        f"Belvedere {twin.__version__}",
        f"Python {platform.python_version()} ({platform.platform()})",
        f"Renderer: {renderer or 'none'}",
    ]
    lines += [f"{component.name} {component.version}" for component in components()]
    return "\n".join(lines)
