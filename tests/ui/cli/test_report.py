"""``report``: sheets from the command line, the same bytes each time, texts as texts."""

from __future__ import annotations

import csv
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest

from ui.cli.main import main

pytestmark = pytest.mark.render

TEMPLATE = """
page = [120, 90]
dpi = 60
[[pages]]
items = [
  { kind = "view", view = "iso", box = [5, 15, 70, 60] },
  { kind = "text", text = { en = "Sheet {page} of {pages}", fr = "Planche" }, box = [5, 5, 70, 8], bold = true },
  { kind = "legend", box = [80, 15, 35, 30] },
  { kind = "north", box = [60, 17, 12, 12] },
  { kind = "scale", box = [5, 77, 60, 12] },
  { kind = "table", box = [80, 45, 38, 40], indicators = ["footprint", "volume", "parking"] },
]
[[pages]]
items = [
  { kind = "grid", view = "top", days = ["06-21"], hours = ["09:00", "15:00"], box = [5, 5, 70, 40] },
  { kind = "chart", indicator = "volume", box = [5, 50, 70, 25] },
  { kind = "chart", layer = "town", column = "height", box = [80, 5, 35, 40] },
  { kind = "sources", box = [5, 80, 70, 8] },
]
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def streams(pdf: bytes) -> str:
    """Return the page contents of a PDF: the operators that draw."""
    import base64

    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        data = raw.strip()
        try:
            if data.endswith(b"~>"):
                data = base64.a85decode(b"<~" + data, adobe=True)
            found.append(zlib.decompress(data).decode("latin-1"))
        except (ValueError, zlib.error):
            continue
    return "\n".join(found)


def test_pdf_has_the_same_bytes_and_its_texts_are_texts(
    town: Path, template: Path, tmp_path: Path
) -> None:
    written = []
    for name in ("a.pdf", "b.pdf"):
        out = tmp_path / name
        assert main(["report", str(town), str(template), "--out", str(out)]) == 0
        written.append(out.read_bytes())
    assert written[0] == written[1]
    assert written[0].startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", written[0])) == 2
    drawn = streams(written[0])
    assert drawn.count(" Tj") > 20
    assert b"Belvedere" in written[0]
    assert b"/Subtype /Image" in written[0]


def test_png_pages_are_numbered_and_show_the_town(
    town: Path, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    out = tmp_path / "x.png"
    assert (
        main(["report", str(town), str(template), "--out", str(out), "--width", "600", "--json"])
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert [Path(p).name for p in told["files"]] == ["x-01.png", "x-02.png"]
    with Image.open(told["files"][0]) as picture:
        assert picture.size == (600, 450)
        pixels = np.asarray(picture.convert("RGB")).copy()
    view = pixels[80:370, 30:370]
    assert len(np.unique(view.reshape(-1, 3), axis=0)) > 50


def test_csv_has_the_indicators(town: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    assert main(["report", str(town), "sheet", "--out", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = {r["indicator"]: r for r in csv.DictReader(file)}
    assert float(rows["footprint"]["value"]) == pytest.approx(4 * 144.0)


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ('kind = "chart", layer = "town", column = "weight"', "weight"),
        ('kind = "chart", layer = "moon", column = "height"', "moon"),
        ('kind = "table", indicators = ["joy"]', "joy"),
        ('kind = "grid", days = ["06-41"], hours = ["09:00"]', "06-41"),
    ],
)
def test_what_a_template_names_wrongly_is_said(
    item: str, named: str, town: Path, template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = f"page = [120, 90]\n[[pages]]\nitems = [{{ {item}, box = [5, 5, 50, 50] }}]\n"
    template.write_text(page, encoding="utf-8")
    assert main(["report", str(town), str(template), "--out", str(town.parent / "x.pdf")]) == 2
    assert named in capsys.readouterr().err
    assert not (town.parent / "x.pdf").exists()


def test_an_unknown_template_names_those_there_are(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(town), "poster9", "--out", str(town.parent / "x.pdf")]) == 2
    assert "sun-study" in capsys.readouterr().err
