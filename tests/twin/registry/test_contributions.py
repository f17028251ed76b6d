"""What plugins bring besides layers: listed without importing, loaded at first use, wrong rows named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from twin.errors import PluginError
from twin.registry import KINDS, Registry

HEAD = 'id = "wells"\nversion = "1"\napi = "0.1"\ntitle = "Wells"\n'
READER = """
[[contributions.readers]]
id = "wells.log"
class = "parts.reading:LogReader"
title = { en = "Well logs", fr = "Diagraphies" }
suffixes = [".las"]
"""
STYLE = '[[contributions.styles]]\nid = "wells.deep"\ndata = "deep.json"\ntitle = "Deep"\n'


def plugin(parent: Path, text: str, code: str = "class LogReader: pass") -> Path:
    folder = parent / "wells"
    (folder / "parts").mkdir(parents=True)
    (folder / "plugin.toml").write_text(HEAD + text)
    (folder / "parts" / "reading.py").write_text(code)
    return folder


def forget() -> None:
    for name in [n for n in sys.modules if n.startswith("belvedere_plugin_wells")]:
        del sys.modules[name]


def test_a_reader_is_listed_without_import_and_loaded_at_first_use(tmp_path: Path) -> None:
    forget()
    plugin(tmp_path, READER)
    registry = Registry.discover([tmp_path])
    (found,) = registry.contributions("readers")
    assert (found.id, found.plugin, found.title["fr"]) == ("wells.log", "wells", "Diagraphies")
    assert found.options["suffixes"] == [".las"]
    assert not any(name.startswith("belvedere_plugin_wells") for name in sys.modules)
    assert registry.load(found).__name__ == "LogReader"
    forget()


def test_data_is_a_file_inside_the_folder(tmp_path: Path) -> None:
    folder = plugin(tmp_path, STYLE)
    registry = Registry.discover([tmp_path])
    (found,) = registry.contributions("styles")
    with pytest.raises(PluginError) as caught:
        registry.load(found)
    assert caught.value.problem.key == "plugin.data_missing"
    (folder / "deep.json").write_text("{}")
    assert registry.load(found) == (folder / "deep.json").resolve()


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "plugins", STYLE)
    (tmp_path / "secret").write_text("secret")
    (folder / "deep.json").symlink_to(tmp_path / "secret")
    registry = Registry.discover([tmp_path / "plugins"])
    with pytest.raises(PluginError):
        registry.load(registry.contributions("styles")[0])


def test_code_without_the_name_is_a_plugin_error(tmp_path: Path) -> None:
    plugin(tmp_path, READER, "class Other: pass")
    registry = Registry.discover([tmp_path])
    with pytest.raises(PluginError) as caught:
        registry.load(registry.contributions("readers")[0])
    assert caught.value.problem.key == "plugin.cannot_create"
    forget()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (READER.replace("contributions.readers", "contributions.smells"), "plugin.unknown_kind"),
        (READER + READER, "plugin.id_twice"),
        (READER.replace("wells.log", "others.log"), "plugin.foreign_id"),
        (READER.replace("parts.reading:LogReader", "../x:Log"), "plugin.bad_class"),
        (READER.replace("class", "data"), "plugin.field_missing"),
        (STYLE.replace("deep.json", "../deep.json"), "plugin.data_outside"),
        (STYLE.replace("deep.json", "/etc/passwd"), "plugin.data_outside"),
        (STYLE.replace("deep.json", "C:\\\\deep.json"), "plugin.data_outside"),
    ],
)
def test_a_wrong_row_is_listed_with_its_error(tmp_path: Path, text: str, key: str) -> None:
    plugin(tmp_path, text)
    registry = Registry.discover([tmp_path])
    assert [p.key for p in registry.problems] == [key]
    (entry,) = registry.entries
    assert entry.problem is not None
    assert (entry.id, entry.version, entry.problem.key) == ("wells", "", key)
    assert not any(registry.contributions(kind) for kind in KINDS)


def test_layers_are_contributions_too(tmp_path: Path) -> None:
    text = '[[contributions.layers]]\nid = "wells"\nclass = "layer:Wells"\ntitle = "Wells"\n'
    plugin(tmp_path, text)
    registry = Registry.discover([tmp_path])
    assert [c.id for c in registry.contributions("layers")] == list(registry.layer_types)
