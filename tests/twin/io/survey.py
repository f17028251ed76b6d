"""Every file of a folder of real data, through the door of ``info``: opened, refused and why.

    python -m tests.twin.io.survey DIR [--write docs/formats.md]

A file is *opened* when ``inspect`` finds a layer and ``read`` gives each as a table; *refused* when the reason is one
of those that are right for such a file; *wrong* is everything else: a crash, an unforeseen reason, a layer that is
listed and then cannot be read, another number of rows than was listed.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from twin import io
from twin.errors import ReadError
from twin.problems import Severity
from twin.progress import Unattended

IGNORED = frozenset((
    ".md", ".txt", ".py", ".png", ".jpg", ".jpeg", ".mtl", ".dbf", ".shx", ".prj", ".cpg", ".qpj", ".xsd", ".bin",
    ".yml", ".yaml", ".toml", ".html", ".js", ".css", ".svg", ".poly", ".tfw", ".subtree", ".sh", ".cfg", ".lock",
    ".rst", ".pb", ".proto", ".ico", ".terrain", ".sbn", ".sbx", ".qix", ".qmd", ".qml", ".wld", ".xml", ".esdl",
    ".pdf", ".ipynb", ".idm", ".j2w",
))  # fmt: skip
"""What is no data of its own: texts, programs, pictures of other files, parts of shapefiles."""
RIGHT = {
    "io.not_read_json": "JSON without features",
    "io.format_unknown": "of an unknown kind",
    "io.format_not_read": "a format that is not read",
    "io.empty_file": "empty",
    "io.csv_no_coordinates": "table without coordinates",
    "io.json_damaged": "broken JSON",
    "io.no_features": "no features",
    "io.no_layers": "no layers",
    "io.zip_nothing": "archive without data",
    "io.solid_empty": "no surface",
    "io.gltf_damaged": "glTF without its buffers, or invalid",
    "io.gltf_version": "glTF 1.0",
    "io.gltf_extension": "unknown extension required",
    "io.tileset_damaged": "tileset without root",
    "io.tile_damaged": "invalid tile",
    "io.tile_unknown": "invalid tile",
    "io.tile_missing": "contents missing",
    "io.ifc_refused": "IFC schema not released",
    "io.xml_damaged": "broken XML",
    "io.xml_entities": "XML with a document type",
    "io.raster_no_position": "picture without position",
    "io.damaged": "damaged",
    "io.network_without_places": "network without positions",
    "io.not_a_network": "model of another program",
    "io.is_folder": "folder",
    "io.raster_no_values": "no values",
    "io.no_such_column": "no such column",
    "io.cityjson_bad_transform": "no usable transform",
    "io.geometry_type_not_read": "geometry of an unknown type",
}
NOT_IN_ITSELF_WRONG = frozenset(RIGHT)


@dataclass
class Folder:
    """What became of the files of one folder."""

    files: int = 0
    opened: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def look(path: Path, found: Folder) -> None:
    """Open one file, all its layers."""
    found.files += 1
    try:
        inspection = io.inspect(path)
        if not inspection.layers:
            worst = [p for p in inspection.problems if p.severity is Severity.ERROR]
            key = [*worst, *inspection.problems][0].key if inspection.problems else "?"
            if key in NOT_IN_ITSELF_WRONG:
                found.refused[RIGHT[key]] += 1
            else:
                found.wrong.append(f"{path.name}: {key}")
            return
        several = len(inspection.layers) > 1
        for layer in inspection.layers:
            sublayer = layer.name if several else ""
            table = io.read(
                path, sublayer=sublayer, progress=Unattended(), options={"cells": 250_000}
            )
            if layer.kind not in {"raster", "cloud", "table"} and len(table) != layer.count:
                found.wrong.append(f"{path.name}: {len(table)} rows instead of {layer.count}")
                return
        found.opened += 1
    except ReadError as error:
        found.wrong.append(f"{path.name}: listed, then {error.problem.key}")
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        found.wrong.append(f"{path.name}: {type(error).__name__} {error}"[:120])


def survey(root: Path) -> dict[str, Folder]:
    """Look at every file below a folder, by its folders."""
    folders: dict[str, Folder] = {}
    for folder in sorted(entry for entry in root.iterdir() if entry.is_dir()):
        found = Folder()
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix.lower() not in IGNORED:
                look(path, found)
        folders[folder.name] = found
        sys.stderr.write(f"{folder.name}: {found}\n")
    return folders


def table(folders: dict[str, Folder]) -> str:
    """Return the table in Markdown."""
    lines = ["| Folder | Files | Opened | Refused, and why | Wrong |", "|---|---|---|---|---|"]
    for name, found in folders.items():
        why = ", ".join(f"{count} {reason}" for reason, count in found.refused.most_common())
        wrong = f"{len(found.wrong)}: {'; '.join(found.wrong[:3])}" if found.wrong else "0"
        lines.append(f"| {name} | {found.files} | {found.opened} | {why} | {wrong} |")
    total = [sum(getattr(f, key) for f in folders.values()) for key in ("files", "opened")]
    refused = sum(sum(f.refused.values()) for f in folders.values())
    wrong = sum(len(f.wrong) for f in folders.values())
    lines.append(f"| **all** | {total[0]} | {total[1]} | {refused} | {wrong} |")
    return "\n".join(lines)


BEGIN, END = "<!-- survey: begin -->", "<!-- survey: end -->"


def main(arguments: list[str]) -> int:
    """Print the table, or put it between the marks of a page."""
    made = table(survey(Path(arguments[0])))
    if len(arguments) == 3 and arguments[1] == "--write":
        page = Path(arguments[2])
        text = page.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
    sys.stdout.write(made + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
