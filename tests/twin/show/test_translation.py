"""Texts go to translators and come back, as PO and XLIFF; hostile files are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.twin.show.story_of_town import story
from twin.errors import BelvedereError
from twin.model.story import Story, missing_texts
from twin.show.translation import take_texts, write_po, write_xliff


@pytest.mark.parametrize(("write", "name"), [(write_po, "t.po"), (write_xliff, "t.xlf")])
def test_a_translated_text_comes_back_and_nothing_else_changes(
    write: Callable[[Story, str, Path], None], name: str, tmp_path: Path
) -> None:
    told = story()
    path = tmp_path / name
    write(told, "fr", path)
    text = path.read_text("utf-8")
    text = text.replace(
        'msgid "Four houses."\nmsgstr ""', 'msgid "Four houses."\nmsgstr "Quatre \\"maisons\\"."'
    )
    empty = r"(<source>Four houses.</source>\s*)<target[^>]*/?>(</target>)?"
    text = re.sub(empty, r'\1<target>Quatre "maisons".</target>', text)
    path.write_text(text, "utf-8")
    taken, problems = take_texts(told, path)
    assert problems == []
    assert taken.stop("south").text["fr"] == 'Quatre "maisons".'
    assert taken.stop("south").text["ko"] == "집 네 채."
    assert taken.languages == ("en", "ko", "ar", "fr")
    assert ("south/title", "fr") in missing_texts(taken)


def test_a_text_whose_stop_is_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.po"
    path.write_text(
        'msgid ""\nmsgstr "Language: fr\\n"\n\nmsgctxt "gone/title"\nmsgid "Gone"\nmsgstr "Parti"\n',
        "utf-8",
    )
    taken, problems = take_texts(story(), path)
    assert [p.key for p in problems] == ["story.text_without_place"]
    assert taken.stops == story().stops


@pytest.mark.parametrize(
    "content",
    [
        "",
        "msgid broken",
        "<xliff/>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><xliff>&a;</xliff>",
        "<a" * 400_000,
        'msgid ""\nmsgstr "no language"\n',
    ],
)
def test_what_is_no_translation_is_refused_with_a_reason(content: str, tmp_path: Path) -> None:
    path = tmp_path / "t.xlf"
    path.write_text(content, "utf-8")
    with pytest.raises(BelvedereError) as error:
        take_texts(story(), path)
    assert error.value.problem.key == "story.texts_unreadable"
