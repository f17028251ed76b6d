"""Discovery imports nothing, and a broken plugin is listed with its error."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from twin.errors import PluginError
from twin.registry import Registry, read_manifest

GOOD = """
id = "wells"
version = "1"
api = "0.1"
title = {{ en = "Wells", fr = "Puits" }}
[[contributions.layers]]
id = "{layer_id}"
class = "layer:Wells"
title = "Wells"
accepts = ["{accepts}"]
[translations.en]
"params.depth_m" = "Depth"
[translations.fr]
"params.depth_m" = "Profondeur"
"""


def plugin(folder: Path, name: str, text: str, code: str = "class Wells: pass") -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "plugin.toml").write_text(text)
    (folder / name / "layer.py").write_text(code)
    return folder / name


def good(layer_id: str = "wells", accepts: str = "point") -> str:
    return GOOD.format(layer_id=layer_id, accepts=accepts)


def test_discovery_reads_manifests_and_imports_nothing(tmp_path: Path) -> None:
    plugin(tmp_path, "wells", good(), "raise SystemExit('imported!')")
    registry = Registry.discover([tmp_path])
    assert list(registry.layer_types) == ["wells"]
    assert registry.accepting("point")[0].id == "wells"
    assert registry.accepting("mesh") == []
    assert not any("belvedere_plugin_wells" in name for name in sys.modules)


def test_a_class_is_made_at_first_use(tmp_path: Path) -> None:
    plugin(tmp_path, "wells", good())
    assert type(Registry.discover([tmp_path]).create("wells")).__name__ == "Wells"
    for name in [n for n in sys.modules if n.startswith("belvedere_plugin_wells")]:
        del sys.modules[name]


def test_labels_fall_back_to_english_and_then_to_the_name(tmp_path: Path) -> None:
    plugin(tmp_path, "wells", good())
    registry = Registry.discover([tmp_path])
    assert registry.label("wells", "params.depth_m", "fr") == "Profondeur"
    assert registry.label("wells", "params.depth_m", "ko") == "Depth"
    assert registry.label("wells", "params.well_head", "fr") == "well head"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("id = ", "plugin.manifest_not_toml"),
        ('id = "a"', "plugin.field_missing"),
        ('id = "a"\napi = "9.0"', "plugin.other_api"),
        (good("stranger.wells"), "plugin.foreign_id"),
        (good(accepts="smell"), "plugin.bad_accepts"),
    ],
)
def test_a_broken_manifest_is_listed_and_the_others_work(
    tmp_path: Path, text: str, key: str
) -> None:
    plugin(tmp_path, "broken", text)
    plugin(tmp_path, "wells", good())
    registry = Registry.discover([tmp_path])
    assert [p.key for p in registry.problems] == [key]
    assert "wells" in registry.layer_types


def test_two_plugins_of_one_id_are_told_apart(tmp_path: Path) -> None:
    plugin(tmp_path, "a", good())
    plugin(tmp_path, "b", good())
    registry = Registry.discover([tmp_path])
    assert [p.key for p in registry.problems] == ["plugin.duplicate_id"]


def test_code_that_cannot_be_imported_is_a_plugin_error(tmp_path: Path) -> None:
    plugin(tmp_path, "wells2", good(), "import nothing_of_this_name")
    manifest = read_manifest(tmp_path / "wells2")
    with pytest.raises(PluginError) as caught:
        Registry([manifest]).create("wells")
    assert caught.value.problem.key == "plugin.cannot_import"
    assert "nothing_of_this_name" in str(caught.value.problem.values["reason"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[[contributions.layers]]", "[contributions]\nlayers = [5]\n[rest]"),
        ("[[contributions.layers]]", "[contributions]\nlayers = 5\n[rest]"),
        ('accepts = ["point"]', "accepts = 5"),
        ('accepts = ["point"]', "accepts = [[1]]"),
        ('accepts = ["point"]', 'roles = "features"'),
    ],
)
def test_a_manifest_of_the_wrong_kinds_is_listed(tmp_path: Path, old: str, new: str) -> None:
    plugin(tmp_path, "wells", good().replace(old, new))
    registry = Registry.discover([tmp_path])
    assert [p.key for p in registry.problems] == ["plugin.field_missing"]
    assert not registry.layer_types


def test_code_that_ends_the_program_is_a_plugin_error(tmp_path: Path) -> None:
    plugin(tmp_path, "wells", good(), "import sys; sys.exit(3)")
    with pytest.raises(PluginError):
        Registry.discover([tmp_path]).create("wells")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "wells"', 'id = "../wells"'),
        ('id = "wells"', 'id = "a/../../b"'),
        ('id = "wells"', 'id = ".."'),
        ('version = "1"', 'version = "1/../../../x"'),
    ],
)
def test_ids_and_versions_can_name_folders(tmp_path: Path, old: str, new: str) -> None:
    text = 'id = "wells"\nversion = "1"\napi = "0.1"\ntitle = "Wells"\n'
    (tmp_path / "plugin.toml").write_text(text.replace(old, new))
    with pytest.raises(PluginError) as caught:
        read_manifest(tmp_path)
    assert caught.value.problem.key == "plugin.bad_id"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_manifest_that_is_no_plain_file_holds_up_nobody(tmp_path: Path) -> None:
    for name in ("pipe", "link"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "pipe" / "plugin.toml")
    (tmp_path / "link" / "plugin.toml").symlink_to("/etc/hostname")
    registry = Registry.discover([tmp_path])
    assert [p.key for p in registry.problems] == ["plugin.manifest_unreadable"] * 2
