"""Every number that a story tells, in any of its languages, is a figure of its stop or has a source here."""

from __future__ import annotations

import re

import pytest

from twin.model.story import Stop
from twin.synth.stories import stories

MANY = "several: environnement-magazine, pole-medee, valeurenergie, bee-eng"
TOLD = {
    # What texts say besides the figures that stand below them, and who published it.
    ("issy", "val_de_seine"): {2018: MANY},
    ("issy", "isseane"): {2014: "monimmeuble, La Gazette"},
    ("issy", "fort"): {19: "construction21.org (century)", 2007: "batiweb, 2009"},
    ("issy", "mobility"): {7: "So Mobility, 7 Oct 2015", 2015: "the same", 27: "busetcar", 2017: "busetcar"},
    ("issy", "heat"): {28: "enerzine, 2010"},
    ("fort", "place"): {
        19: "construction21.org (century)", 2001: "construction21.org", 100: "construction21.org, million euros",
        120: "Ekopolis, million euros",
    },
    ("fort", "heat"): {18: "geothermie-perspectives, 2013", 600: "enerzine", 750: "infodelimmo"},
    ("fort", "waste"): {3: "monimmeuble, km to Isséane"},
    ("fort", "school"): {3: "France 3, 3 Sept 2013", 2013: "France 3"},
    ("fort", "homes"): {2015: "Libération"},
    ("fort", "sharing"): {15: "Europe 1, 15 Jan 2024", 2024: "Europe 1"},
    ("issygrid", "begin"): {2011: MANY, 2012: MANY, 2016: MANY},
    ("issygrid", "sources"): {250: "Le Parisien", 300: "reseaudurable"},
    ("issygrid", "fort"): {2013: MANY, 2015: MANY},
    ("issygrid", "end"): {2018: MANY, 28: "review of 28 March 2019", 2019: "the same"},
    ("busan", "platform"): {23: "newsroom.cisco.com", 2012: "newsroom.cisco.com", 2018: MANY},
    ("busan", "testbed"): {30: "Yonhap, 30 Oct 2014", 2014: "Yonhap"},
    ("casablanca", "greeting"): {2013: "tic-maroc", 29: "medias24"},
    ("casablanca", "park"): {53: "aujourdhui.ma, ha", 55: "the press, ha"},
    ("casablanca", "rides"): {27: "busetcar", 2017: "busetcar"},
    ("casablanca", "energy"): {2012: MANY, 2018: MANY},
    ("casablanca", "plan"): {2022: "afrik21, 2018"},
}  # fmt: skip
NUMBER = re.compile(r"\d{1,3}(?:[., \u00a0\u202f]\d{3})+(?!\d)|\d+")
MONTHS = re.compile(r"\d+월")
HUNDRED_MILLIONS = re.compile(r"(\d+)억(?: (\d+)천만)?")
CASES = [(story.id, stop, name) for story in stories() for stop in story.stops for name in story.languages]  # fmt: skip


def numbers(text: str, language: str) -> set[int]:
    """Return the numbers of a text; sums of money in millions."""
    found = set()
    if language == "ko":
        text = MONTHS.sub("", text)
        for hundreds, tens in HUNDRED_MILLIONS.findall(text):
            found.add(int(hundreds) * 100 + int(tens or 0) * 10)
        text = HUNDRED_MILLIONS.sub("", text)
    return found | {int(re.sub(r"\D", "", number)) for number in NUMBER.findall(text)}


def figures_of(stop: Stop) -> set[int]:
    rows = (*stop.figures, *(stop.beside.figures if stop.beside else ()))
    return {round(row.value) for row in rows}


@pytest.mark.parametrize(("story", "stop", "language"), CASES, ids=lambda v: getattr(v, "id", v))
def test_a_number_that_is_told_has_a_source(story: str, stop: Stop, language: str) -> None:
    told = numbers(f"{stop.title[language]} {stop.text[language]}", language)
    assert told - figures_of(stop) - set(TOLD.get((story, stop.id), {})) == set()


def test_a_source_is_named_for_nothing_that_is_not_told() -> None:
    for (story, stop_id), known in TOLD.items():
        (stop,) = [s for t in stories() if t.id == story for s in t.stops if s.id == stop_id]
        assert set(known) <= set().union(*(numbers(stop.text[name], name) for name in stop.text))
        assert all(known.values())


def test_every_figure_has_words_in_each_language_and_says_who_says_so() -> None:
    for story in stories():
        for stop in story.stops:
            for row in (*stop.figures, *(stop.beside.figures if stop.beside else ())):
                assert set(row.label) == set(story.languages)
                assert all(row.label.values())
                assert row.source.strip()


@pytest.mark.parametrize(
    ("story", "stop", "values"),
    [
        ("fort", "place", {"330", "300", "1600"}),
        ("fort", "sharing", {"350"}),
        ("issygrid", "fort", {"900", "861"}),
    ],
)
def test_where_sources_differ_all_are_named(story: str, stop: str, values: set[str]) -> None:
    (told,) = [s for t in stories() if t.id == story for s in t.stops if s.id == stop]
    shown = " ".join(f"{row.value:.0f} {row.source}" for row in told.figures)
    assert values <= set(re.findall(r"\d+", shown))
