"""A section of the ground as SVG, DXF and CSV."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from twin.errors import BelvedereError
from twin.export.section import write_section

ALONG, HEIGHT = np.linspace(0, 40, 41), np.linspace(50, 62, 41)


def test_svg_is_xml_with_all_points(tmp_path: Path) -> None:
    write_section(tmp_path / "p.svg", ALONG, HEIGHT)
    root = ET.fromstring((tmp_path / "p.svg").read_text())
    line = next(e for e in root.iter() if e.tag.endswith("polyline"))
    assert len(line.attrib["points"].split()) == 41


def test_dxf_has_pairs_of_codes_and_every_vertex(tmp_path: Path) -> None:
    write_section(tmp_path / "p.dxf", ALONG, HEIGHT)
    lines = (tmp_path / "p.dxf").read_text().splitlines()
    assert len(lines) % 2 == 0
    assert all(code.strip().lstrip("-").isdigit() for code in lines[::2])
    assert lines[1::2].count("VERTEX") == 41
    assert lines[-2:] == ["0", "EOF"]


def test_csv_has_both_columns(tmp_path: Path) -> None:
    write_section(tmp_path / "p.csv", ALONG, HEIGHT)
    read = np.loadtxt(tmp_path / "p.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(read, np.column_stack([ALONG, HEIGHT]), atol=1e-3)


def test_another_kind_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "p.dwg", tmp_path / "none" / "p.svg"):
        with pytest.raises(BelvedereError, match="cannot_write"):
            write_section(path, ALONG, HEIGHT)
