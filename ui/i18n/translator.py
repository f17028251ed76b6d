"""The one translator: keys and texts by language to what the user reads, switched while running."""

from __future__ import annotations

import logging
import string
from collections.abc import Callable, Mapping
from numbers import Real

from PySide6.QtCore import QLocale, QObject, Signal

from twin.problems import Problem
from ui.i18n import catalogue

log = logging.getLogger(__name__)

LOCALES = {"en": "en_GB", "fr": "fr_FR", "ko": "ko_KR", "ar": "ar_MA"}
RIGHT_TO_LEFT = frozenset({"ar"})


class Translator(QObject):
    """Knows the language; all that shows words asks it, again when ``language_changed``."""

    language_changed = Signal(str)

    def __init__(self, language: str = "en") -> None:
        super().__init__()
        self._language = catalogue.FALLBACK
        self._reported: set[str] = set()
        self._write: Callable[[object], str] = str
        self._use(language)

    @property
    def language(self) -> str:
        """Code of the language, one of :attr:`languages`."""
        return self._language

    @property
    def mirrored(self) -> bool:
        """Whether the language is written from right to left."""
        return self._language in RIGHT_TO_LEFT

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages there are."""
        return catalogue.LANGUAGES

    @property
    def locale(self) -> QLocale:
        """How numbers and dates are written."""
        return self._locale

    def set_language(self, language: str) -> None:
        """Switch the language; an unknown one (``fr_CA``) takes its base or English."""
        before = self._language
        self._use(language)
        if self._language != before:
            self.language_changed.emit(self._language)

    def tr(self, key: str, /, **values: object) -> str:
        """Return the wording of a key, its values written in the user's locale.

        A number given as ``count`` also chooses the plural form. A key that nobody worded comes
        back as it is and is logged once: seeing it is better than seeing nothing.
        """
        entry = catalogue.find(key, self._language)
        if entry is None:
            if key not in self._reported:
                self._reported.add(key)
                log.warning("no wording for %r", key)
            return key
        return self._fill(self._choose(entry, values), values)

    def set_writer(self, write: Callable[[object], str]) -> None:
        """Have values inside wordings written by a function: numbers and dates by locale."""
        self._write = write

    def has(self, key: str) -> bool:
        """Say whether a key has a wording."""
        return catalogue.find(key, self._language) is not None

    def text(self, texts: Mapping[str, str], fallback: str = "") -> str:
        """Return the text of the user's language, else English, else any, else ``fallback``."""
        for language in (self._language, catalogue.FALLBACK):
            found = texts.get(language)
            if found:
                return found
        return next((found for found in texts.values() if found), fallback)

    def problem(self, problem: Problem) -> tuple[str, str]:
        """Return what went wrong, and what to do about it (may be empty)."""
        values: dict[str, object] = {"where": problem.where, **problem.values}
        entry = catalogue.find(problem.key, self._language)
        if entry is None:
            return self.tr(problem.key), ", ".join(f"{k}: {v}" for k, v in values.items() if v)
        what, advice = _parts(self._choose(entry, values))
        return self._fill(what, values), self._fill(advice, values)

    def _use(self, language: str) -> None:
        base = language.replace("-", "_").partition("_")[0].lower()
        self._language = base if base in catalogue.LANGUAGES else catalogue.FALLBACK
        self._locale = QLocale(LOCALES[self._language])

    def _choose(self, entry: catalogue.Entry, values: Mapping[str, object]) -> str:
        if isinstance(entry, str):
            return entry
        count = values.get("count", 0)
        form = catalogue.plural_form(
            self._language, float(count) if isinstance(count, Real) else 0.0
        )
        return entry.get(form) or entry["other"]

    def _fill(self, wording: str, values: Mapping[str, object]) -> str:
        if "{" not in wording:
            return wording
        written = {name: self._write(value) for name, value in values.items()}
        return string.Formatter().vformat(wording, (), _Forgiving(written))


def _parts(wording: str) -> tuple[str, str]:
    """Split a problem's wording after its first line or sentence: the rest says what to do."""
    mark = "\n" if "\n" in wording else ". "
    what, found, advice = wording.partition(mark)
    return (what + "." if found == ". " else what), advice


class _Forgiving(dict[str, str]):
    """A value that the caller forgot shows its name: nothing raises while a failure is told."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


translator = Translator(QLocale.system().name())
"""The application's translator."""


def tr(key: str, /, **values: object) -> str:
    """Return the wording of a key; see :meth:`Translator.tr`."""
    return translator.tr(key, **values)


def text(texts: Mapping[str, str], fallback: str = "") -> str:
    """Return a text in the user's language; see :meth:`Translator.text`."""
    return translator.text(texts, fallback)


def problem_text(problem: Problem) -> str:
    """Return what went wrong and what to do, in one paragraph."""
    return " ".join(part for part in translator.problem(problem) if part)
