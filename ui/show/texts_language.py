"""The list from which one chooses the language whose texts are edited."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from twin.model.story import Story
from ui.i18n import translator
from ui.show.wording import NAMES

LANGUAGES = ("fr", "en", "ko", "ar")


class TextsLanguage(QComboBox):
    """Languages by their own names: those of a story first, then those that the interface has."""

    @property
    def language(self) -> str:
        """The chosen language."""
        return str(self.currentData() or "en")

    def offer(self, story: Story | None) -> None:
        """Offer the languages of a story, and keep the chosen one."""
        chosen = self.currentData() or translator.language
        wanted = languages_of(story)
        if wanted != [self.itemData(row) for row in range(self.count())]:
            self.clear()
            for language in wanted:
                self.addItem(NAMES.get(language, language), language)
        self.setCurrentIndex(max(self.findData(chosen), 0))


def languages_of(story: Story | None) -> list[str]:
    """Return the languages of a story and all that the interface has, each once."""
    return list(dict.fromkeys([*(story.languages if story else ()), *LANGUAGES]))
