"""The suite tries what the application uses beside layers: one plugin with all kinds, then broken one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.work.brought import all_kinds
from twin.contract import check_folder
from twin.shapes import glyphs

OWN = {
    "contract.text_missing",
    "contract.unit_missing",
    "contract.missing_file",
    "contract.no_sample",
    "contract.cancel_ignored",
    "contract.suffixes_missing",
}
"""What the shared plugin leaves out on purpose, to be short."""


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    made = all_kinds.write(tmp_path / "many")
    # Modules are kept by the id of the plugin: each test needs its own.
    name = f"many{abs(hash(request.node.name)) % 10**8}"
    for path in (made / "plugin.toml", made / "code.py", made / "story.json"):
        path.write_text(path.read_text().replace('"many', f'"{name}'))
    yield made
    for known in [k for k in glyphs._CONTRIBUTED if k.startswith("many")]:
        del glyphs._CONTRIBUTED[known]


def found(folder: Path) -> set[str]:
    return {p.key for p in check_folder(folder)}


def test_one_of_each_kind_keeps_the_contract(folder: Path) -> None:
    assert found(folder) <= OWN


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("code.py", "    times = np", "    return 5\n    times = np", "contract.raised"),
        ("code.py", "rows=[[{", "rows=[[1, 2], [{", "contract.raised"),
        ("code.py", ".command\",", ".nothing\",", "contract.no_command"),
        ("code.py", "float(least)", "float(np.random.rand())", "contract.not_deterministic"),
        ("code.py", "return [api.Edit(layer=name, visible=False)", "return [1", "contract.result"),
        ("code.py", "return api.FeatureTable(frame=frame", "return dict(frame=frame", "contract.result"),
        ("code.py", "places[1] - places[0]", "places[7] - places[0]", "contract.raised"),
        ("style.json", "graduated", "smudged", "plugin.bad_data"),
        ("story.json", "stops", "halts\\", "plugin.bad_data"),
        ("words.ko.json", "{", "[", "plugin.bad_data"),
        ("services.toml", 'kind = "wfs"', "", "contract.raised"),
        ("plugin.toml", 'language = "ko"', "", "plugin.field_missing"),
        ("plugin.toml", 'data = "cone.glb"', 'data = "points.csv"', "plugin.bad_data"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(folder: Path, file: str, old: str, new: str, key: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert key in found(folder)
