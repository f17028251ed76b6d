"""What a stop says in a language: its texts, and its figures as that language writes numbers and units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale

from twin.drawables import Text
from twin.errors import BelvedereError
from twin.model.project import Project
from twin.model.story import Figure, Stop, Story
from twin.show.card import RIGHT_TO_LEFT, Plate, Told
from ui.i18n.typography import NARROW_SPACE, typeset
from ui.text.bidi import isolated

LOCALES = {"en": "en_GB", "fr": "fr_FR", "ko": "ko_KR", "ar": "ar_MA"}
NAMES = {"en": "English", "fr": "Français", "ko": "한국어", "ar": "العربية"}
"""Languages as those who speak them call them."""
QUALIFIED: Mapping[str, Mapping[str, str]] = {
    "about": {"fr": "env. {}", "en": "about {}", "ko": "약 {}", "ar": "نحو {}"},
    "over": {"fr": "plus de {}", "en": "more than {}", "ko": "{} 이상", "ar": "أكثر من {}"},
    "under": {"fr": "moins de {}", "en": "less than {}", "ko": "{} 미만", "ar": "أقل من {}"},
    "up_to": {"fr": "jusqu'à {}", "en": "up to {}", "ko": "최대 {}", "ar": "حتى {}"},
}
UNITS: Mapping[str, Mapping[str, str]] = {
    "m2": {"": "m²", "ar": "م²"},
    "m": {"": "m", "ar": "م"},
    "km": {"": "km", "ar": "كم"},
    "km/h": {"": "km/h", "ar": "كم/س"},
    "ha": {"": "ha", "ar": "هكتار"},
    "t": {"": "t", "ar": "طن"},
    "degC": {"": "°C"},
    "M€": {"fr": "M€", "en": "M€", "ko": "백만 유로", "ar": "مليون يورو"},
    "bnKRW": {"fr": "milliards de wons", "en": "billion won", "ko": "십억 원", "ar": "مليار وون"},
    "MMAD": {
        "fr": "millions de dirhams",
        "en": "million dirhams",
        "ko": "백만 디르함",
        "ar": "مليون درهم",
    },
    "years": {"fr": "ans", "en": "years", "ko": "년", "ar": "سنة"},
}
MYRIADS: Mapping[str, Mapping[str, tuple[float, str]]] = {
    "ko": {"M€": (100, "만 유로"), "bnKRW": (10, "억 원"), "MMAD": (100, "만 디르함")},
}
"""Korean counts large sums in tens of thousands: how many of its unit make one of the figure's."""
GLUED = frozenset({"년", "만 유로", "억 원", "만 디르함"})
SIMULATED: Mapping[str, str] = {
    "fr": "Maquette synthétique, mesures simulées",
    "en": "Synthetic model, simulated measurements",
    "ko": "합성 모델, 시뮬레이션 측정값",
    "ar": "نموذج اصطناعي وقياسات محاكاة",
}


LOST: Mapping[str, str] = {
    "fr": "Flux perdu : valeurs enregistrées le {when}",
    "en": "Feed lost: values recorded {when}",
    "ko": "피드 끊김: {when}에 기록된 값",
    "ar": "انقطعت التغذية: قيم مسجلة في {when}",
}


@cache
def locale_of(language: str) -> QLocale:
    """Return how a language writes numbers and dates."""
    return QLocale(LOCALES.get(language, LOCALES["en"]))


def figure_value(figure: Figure, language: str) -> str:
    """Return the number of a figure with its unit and whether it is about, over or under."""
    locale = locale_of(language)
    scale, unit = MYRIADS.get(language, {}).get(figure.unit, (1, unit_words(figure.unit, language)))
    value = figure.value * scale
    if figure.unit == "year":
        written = str(round(value))
    elif float(value).is_integer():
        written = locale.toString(round(value))
    else:
        written = locale.toString(float(value), "g", 4)
    if unit == "%" and language != "fr":
        written += "%"
    elif unit:
        written += unit if unit in GLUED else NARROW_SPACE + unit
    pattern = QUALIFIED.get(figure.qualifier, {})
    return isolated((pattern.get(language) or pattern.get("en") or "{}").format(written), language)


def figure_row(figure: Figure, story: Story, language: str) -> tuple[str, str, str]:
    """Return value, label and source of a figure as they are shown."""
    source = f"{figure.source}, {figure.date}" if figure.date else figure.source
    return figure_value(figure, language), worded(figure.label, story, language), source


def told(
    stop: Stop, story: Story, project: Project, language: str, folder: Path | None = None
) -> Told:
    """Return the words of a stop, with its pictures where a folder says where they are."""
    paths = [folder / picture.path for picture in stop.pictures] if folder is not None else []
    rows = [figure_row(figure, story, language) for figure in stop.figures]
    beside = stop.beside.figures if stop.beside is not None else ()
    return Told(
        title=worded(stop.title, story, language),
        text=worded(stop.text, story, language),
        figures=rows,
        pictures=[str(path) for path in paths if path.is_file()],
        notice=notice(project, language),
        plates=_plates(stop, story, project, language, folder),
        beside=[figure_row(figure, story, language) for figure in beside],
        spoken=_spoken(stop, story, language),
        language=language,
    )


def _spoken(stop: Stop, story: Story, language: str) -> str:
    """Return what is heard at a stop: what is spoken, else what its film or its sound is."""
    clips = (clip.caption for clip in (stop.video, stop.sound) if clip is not None)
    found = (worded(text, story, language) for text in (stop.narration, *clips))
    return next((text for text in found if text), "")


def _plates(
    stop: Stop, story: Story, project: Project, language: str, folder: Path | None
) -> tuple[Plate, ...]:
    """Return what stands over two pictures: their names, and what must be said of each model."""
    beside = stop.beside
    if beside is None:
        return ()
    there = _place(folder, beside.project)
    notices = (notice(project, language), notice(there, language) if there is not None else "")
    titles = (beside.own_title, beside.title)
    return tuple(
        Plate(title=worded(title, story, language), notice=said)
        for title, said in zip(titles, notices, strict=True)
    )


def _place(folder: Path | None, name: str) -> Project | None:
    """Return the project of another place, None where it cannot be read: the check before a show says so."""
    if folder is None or not name:
        return None
    from twin.store.project_folder import load_project

    try:
        return load_project(folder / name)[0]
    except BelvedereError:
        return None


def worded(text: Text, story: Story, language: str) -> str:
    """Return a text as a printer would set it in a language."""
    return isolated(typeset(story.told(text, language), language), language)


def notice(project: Project, language: str) -> str:
    """Return what must be said of the model, in one line."""
    said = project.notice
    if not said:
        return ""
    return said.get(language) or SIMULATED.get(language) or said.get("en", "")


def recorded_notice(at: datetime, project: Project, language: str) -> str:
    """Return that recorded values are shown in place of those of a feed, and from when they are."""
    zone = ZoneInfo(project.time_zone)
    local = at.astimezone(zone)
    day = locale_of(language).toString(
        QDate(local.year, local.month, local.day), QLocale.FormatType.ShortFormat
    )
    words = LOST.get(language, LOST["en"]).format(when=f"{day} {local:%H:%M}")
    said = notice(project, language)
    return isolated(words, language) + (f" · {said}" if said else "")


def right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language in RIGHT_TO_LEFT


def unit_words(unit: str, language: str) -> str:
    """Return a unit as a language writes it, empty for a plain number or a year."""
    if unit in ("", "year"):
        return ""
    named = UNITS.get(unit)
    return unit if named is None else named.get(language) or named.get("") or unit
