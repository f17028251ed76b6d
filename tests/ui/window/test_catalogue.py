from __future__ import annotations

import pytest

from ui.i18n import catalogue
from ui.icons import exists
from ui.window.catalogue import ACTIONS as OWN
from ui.window.catalogue import MENUS
from ui.window.desks import desks
from ui.window.docks import PLACES

ACTIONS = (*OWN, *(action for desk in desks() for action in desk.actions))
PANELS = (*PLACES, *(name for desk in desks() for name in desk.panels))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_action_menu_and_panel_is_worded(language: str) -> None:
    keys = {action.text for action in ACTIONS}
    keys |= {f"menu.{name}" for action in ACTIONS for name in action.menu}
    keys |= {f"dock.{name}" for name in PANELS}
    assert sorted(key for key in keys if key not in catalogue.entries(language)) == []


def test_menus_are_the_known_ones() -> None:
    assert {action.menu[0] for action in ACTIONS if action.menu} <= set(MENUS)


def test_icons_exist(qapp) -> None:
    for action in ACTIONS:
        if action.icon:
            assert exists(action.icon), action.icon


def test_actions_of_the_tool_bar_have_icons() -> None:
    assert [action.id for action in ACTIONS if action.bar and not action.icon] == []


def test_every_record_reads_a_state_that_the_window_has(make_window) -> None:
    window = make_window()
    for record in window.action_set.records:
        if record.enabled is not None:
            assert record.enabled(window) in (True, False)
        if record.checked is not None:
            assert record.checked(window) in (True, False)
