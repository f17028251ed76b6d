"""The form of a story: title and summary by language, the languages it is told in, which one stands in, the loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from twin.model.story import Story
from ui.forms.narrow import form_label, narrow, narrow_form
from ui.forms.parts import heading
from ui.i18n import tr
from ui.show.stop_part import show_words, with_words
from ui.show.texts_language import TextsLanguage, languages_of
from ui.show.wording import NAMES, right_to_left

SUMMARY_LINES = 3


class StoryForm(QWidget):
    """Shows what belongs to a story as a whole, and tells of every change to it.

    Parameters
    ----------
    changed : callable
        Given the changed Story.
    remove : callable
        Takes the story away.
    """

    def __init__(self, changed: Callable[[Story], object], remove: Callable[[], object]) -> None:
        super().__init__()
        self._changed, self._story, self._filling = changed, None, False
        self._head = heading()
        self.language = TextsLanguage()
        self.title, self.summary = QLineEdit(), QPlainTextEdit(tabChangesFocus=True)
        self.told_in: dict[str, QCheckBox] = {}
        self.fallback = narrow(QComboBox())
        self.loop = QCheckBox()
        self.remove = QPushButton()
        self._boxes = QHBoxLayout()
        fields = {
            "texts_in_language": self.language,
            "story_title": self.title,
            "summary": self.summary,
            "told_in": self._boxes,
            "fallback": self.fallback,
        }
        self._labels = {name: form_label() for name in fields}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self._head)
        form = narrow_form()
        for name, field in fields.items():
            form.addRow(self._labels[name], field)
            if isinstance(field, QWidget):
                self._labels[name].setBuddy(field)
        form.addRow("", self.loop)
        layout.addLayout(form)
        layout.addWidget(self.remove)
        layout.addStretch(1)
        self.summary.setFixedHeight(self.fontMetrics().lineSpacing() * SUMMARY_LINES + 14)
        self._connect(remove)
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything again."""
        self._head.setText(tr("stories.head_story"))
        for name, label in self._labels.items():
            label.setText(tr(f"stories.{name}"))
        self.loop.setText(tr("stories.loop"))
        self.remove.setText(tr("stories.remove_story"))

    def show_story(self, story: Story | None) -> None:
        """Show a story, or nothing."""
        self._story = story
        self.setEnabled(story is not None)
        if story is None:
            return
        self._filling = True
        self.language.offer(story)
        self._offer(story)
        self._fill(story)
        self._filling = False

    def _fill(self, story: Story) -> None:
        language = self.language.language
        mirrored = right_to_left(language)
        way = self.layoutDirection().RightToLeft if mirrored else self.layoutDirection().LeftToRight
        show_words(self.title, story.title.get(language, ""))
        if self.summary.toPlainText() != story.summary.get(language, ""):
            self.summary.setPlainText(story.summary.get(language, ""))
        for field in (self.title, self.summary):
            field.setLayoutDirection(way)
        for name, box in self.told_in.items():
            box.setChecked(name in story.languages)
        self.fallback.setCurrentIndex(self.fallback.findData(story.fallback))
        self.loop.setChecked(story.loop)

    def _offer(self, story: Story) -> None:
        """Have a box for each language, and offer those of the story to stand in for a missing text."""
        for name in languages_of(story):
            if name not in self.told_in:
                box = self.told_in[name] = QCheckBox(NAMES.get(name, name))
                box.toggled.connect(lambda _on: self._take())
                self._boxes.addWidget(box)
        wanted = list(dict.fromkeys([*story.languages, story.fallback]))
        self.fallback.clear()
        for name in wanted:
            self.fallback.addItem(NAMES.get(name, name), name)

    def _show_language(self) -> None:
        if not self._filling:
            self.show_story(self._story)

    def _take(self) -> None:
        story = self._story
        if self._filling or story is None:
            return
        language = self.language.language
        told_in = tuple(name for name, box in self.told_in.items() if box.isChecked())
        changed = replace(
            story,
            title=with_words(story.title, language, self.title.text()),
            summary=with_words(story.summary, language, self.summary.toPlainText()),
            # One is always told in some language.
            languages=told_in or story.languages,
            fallback=str(self.fallback.currentData() or story.fallback),
            loop=self.loop.isChecked(),
        )
        if not told_in:
            self.show_story(story)
        elif changed != story:
            self._story = changed
            self._changed(changed)

    def _connect(self, remove: Callable[[], object]) -> None:
        self.language.currentIndexChanged.connect(lambda _row: self._show_language())
        self.title.textEdited.connect(lambda _text: self._take())
        self.summary.textChanged.connect(self._take)
        self.fallback.currentIndexChanged.connect(lambda _row: self._take())
        self.loop.toggled.connect(lambda _on: self._take())
        self.remove.clicked.connect(lambda _checked=False: remove())
