"""Texts by an expression that names a value of the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.twin.work.conftest import spec
from twin.model.style import Style
from twin.work.session import Session


def told(session: Session) -> list[str]:
    return [text["en"] for labels in session.layer("probe").labels for text in labels.texts]


def labelled(session: Session, expression: str) -> None:
    style = replace(session.layer("probe").spec.style or Style(), label=expression)
    session.do("s", lambda p: p.with_layer(replace(p.layer("probe"), style=style)))
    session.wait()


def test_texts_follow_the_clock_and_are_left_alone_where_it_does_not_matter(
    open_session,
) -> None:
    session = open_session(spec())
    session.wait()
    session.clock.set(datetime(2020, 5, 1, 7, tzinfo=UTC))
    labelled(session, 'kind & " at " & hour')
    assert sorted(told(session)) == ["a at 7", "b at 7", "c at 7"]
    session.clock.set(datetime(2020, 5, 1, 9, tzinfo=UTC))
    session.clock.set(datetime(2020, 5, 1, 11, tzinfo=UTC))
    session.wait()
    assert sorted(told(session)) == ["a at 11", "b at 11", "c at 11"]
    labelled(session, "kind")
    before = session.layer("probe").labels
    session.clock.set(datetime(2020, 5, 1, 13, tzinfo=UTC))
    session.wait()
    assert session.layer("probe").labels is before
