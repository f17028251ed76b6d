from __future__ import annotations

import json

from tests.ui.window.conftest import make_window, services, window  # noqa: F401
from ui.tiles.bake_dialog import BakeDialog, start


def test_the_dialog_offers_the_shown_layers(window, tmp_path):  # noqa: F811
    dialog = BakeDialog(window)
    try:
        shown = [s.id for s in window.session.project.layers if s.visible]
        assert dialog.chosen() == shown
        assert not dialog.accept_button.isEnabled(), "there is no folder yet"
        dialog.folder.setText(str(tmp_path / "tiles"))
        assert dialog.accept_button.isEnabled()
        dialog.folder.setText("relative")
        assert not dialog.accept_button.isEnabled()
    finally:
        dialog.done(0)


def test_the_action_stands_in_the_menu_and_is_worded(window):  # noqa: F811
    assert window.action_set.qaction("tiles.bake").text().startswith("Bake")


def test_baking_is_a_job_that_ends_with_a_tileset(window, tmp_path, qtbot):  # noqa: F811
    layers = [s.id for s in window.session.project.layers if s.visible]
    start(window, layers, tmp_path / "tiles", show_after=False)
    assert any(job.title == "job.bake" for job in window.session.jobs.running)
    qtbot.waitUntil((tmp_path / "tiles" / "tileset.json").exists, timeout=60_000)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=20_000)
    document = json.loads((tmp_path / "tiles" / "tileset.json").read_text())
    assert document["asset"]["version"] == "1.1"
    assert list((tmp_path / "tiles" / "tiles").rglob("*.glb"))
