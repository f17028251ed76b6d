"""Undo and redo are inverses; a drag is one step; a saved project is clean."""

from __future__ import annotations

from dataclasses import replace

from twin.model.geoframe import GeoFrame
from twin.model.project import Project
from twin.work.history import History, Step

EMPTY = Project(title={"en": "a"}, frame=GeoFrame(crs="EPSG:2154"))


def titled(name: str) -> Project:
    return replace(EMPTY, title={"en": name})


def push(history: History, before: str, after: str, merge: str = "") -> None:
    history.push(Step(label="l", before=titled(before), after=titled(after), merge=merge))


def test_undo_and_redo_go_back_and_forth() -> None:
    history = History(titled("a"))
    push(history, "a", "b")
    push(history, "b", "c")
    assert history.undo() == titled("b")
    assert history.undo() == titled("a")
    assert history.undo() is None
    assert history.redo() == titled("b")
    assert history.redo() == titled("c")
    assert not history.can_redo


def test_a_new_step_forgets_what_was_undone() -> None:
    history = History(titled("a"))
    push(history, "a", "b")
    history.undo()
    push(history, "a", "x")
    assert not history.can_redo


def test_steps_of_one_drag_are_one() -> None:
    history = History(titled("a"))
    for before, after in ("ab", "bc", "cd"):
        push(history, before, after, merge="opacity")
    assert history.undo() == titled("a")
    assert history.redo() == titled("d")
    push(history, "d", "e", merge="opacity")
    assert history.undo() == titled("d"), "what was redone must not merge with a new drag"


def test_dirty_compares_with_the_saved_form() -> None:
    history = History(titled("a"))
    assert not history.dirty(titled("a"))
    assert history.dirty(titled("b"))
    history.mark_saved(titled("b"))
    assert not history.dirty(titled("b"))
