"""The panel of stories: choose one, order its stops, write its texts in each language; every change can be undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from twin.errors import BelvedereError
from twin.model.project import Project
from twin.model.story import Camera, Stop, Story, missing_texts
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, IconButton, muted
from ui.i18n import tr, translator
from ui.icons import icon
from ui.show.stop_form import StopForm
from ui.show.stops_list import ID, StopsList
from ui.show.story_form import StoryForm

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.window.main import MainWindow


class StoriesPanel(Panel):
    """Edits the stories of a project.

    Parameters
    ----------
    window : MainWindow
        Its viewport gives and shows the cameras of stops.
    """

    play_requested = Signal(str, str, bool)
    """Story id, stop id, and whether it is a rehearsal."""

    def __init__(self, window: MainWindow, parent: QWidget | None = None) -> None:
        super().__init__(window.session, parent)
        self._window = window
        self._filling = False
        self._stories = QComboBox()
        self._stops = StopsList(self._reorder)
        self._form = StopForm(window, self._change_stop)
        self._whole = StoryForm(self._change_story, self._remove_story)
        self._mark = muted()
        self._empty = EmptyState("mdi6.presentation-play")
        self._play = QPushButton()
        self._rehearse = QPushButton()
        self._new = IconButton("mdi6.book-plus-outline", self._add_story)
        self._settings = IconButton("mdi6.cog-outline")
        self._settings.setCheckable(True)
        self._capture = IconButton("mdi6.camera-plus-outline", self._capture_stop)
        self._again = IconButton("mdi6.camera-retake-outline", self._capture_again)
        self._remove = IconButton("mdi6.trash-can-outline", self._remove_stop)
        self._out = IconButton("mdi6.export", self._export_texts)
        self._in = IconButton("mdi6.import", self._import_texts)
        self._arrange()
        self._connect()
        self._begin()

    @property
    def story(self) -> Story | None:
        """The story that is shown."""
        name = self._stories.currentData()
        if self._session is None or name is None:
            return None
        return next((s for s in self._session.project.stories if s.id == name), None)

    @property
    def stop(self) -> Stop | None:
        """The stop that is chosen."""
        story, entry = self.story, self._stops.currentItem()
        if story is None or entry is None:
            return None
        return next((s for s in story.stops if s.id == entry.data(ID)), None)

    @property
    def stops(self) -> QListWidget:
        """The list of stops."""
        return self._stops

    @property
    def form(self) -> StopForm:
        """The form of the chosen stop."""
        return self._form

    def retranslate(self) -> None:
        """See base."""
        self._play.setText(tr("stories.play"))
        self._rehearse.setText(tr("stories.rehearse"))
        self._new.say(tr("stories.new"))
        self._settings.say(tr("stories.settings"))
        self._capture.say(tr("stories.capture"))
        self._again.say(tr("stories.capture_again"))
        self._remove.say(tr("stories.remove_stop"))
        self._out.say(tr("stories.texts_out"))
        self._in.say(tr("stories.texts_in"))
        self._stops.setAccessibleName(tr("stories.stops"))
        self._stories.setAccessibleName(tr("dock.stories"))
        self._empty.say(tr("stories.empty"), tr("stories.empty_advice"))
        self._form.retranslate()
        self._whole.retranslate()

    def retheme(self) -> None:
        """See base."""
        self._play.setIcon(icon("mdi6.presentation-play"))
        self._rehearse.setIcon(icon("mdi6.timer-outline"))
        tools = (self._capture, self._again, self._remove, self._out, self._in)
        for part in (self._new, self._settings, *tools):
            part.retheme()
        self._empty.retheme()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, self._on_project)

    def _on_project(self, before: Project, after: Project) -> None:
        if before.stories != after.stories:
            self._refresh()

    def _refresh(self) -> None:
        stories = self._session.project.stories if self._session is not None else ()
        chosen, stop = self._stories.currentData(), self.stop
        self._filling = True
        self._stories.clear()
        for story in stories:
            self._stories.addItem(story.told(story.title, translator.language), story.id)
        self._stories.setCurrentIndex(max(self._stories.findData(chosen), 0 if stories else -1))
        self._filling = False
        self._empty.setVisible(not stories)
        self._body.setVisible(bool(stories))
        self._settings.setEnabled(bool(stories))
        self._fill_stops(stop.id if stop is not None else "")

    def _fill_stops(self, chosen: str = "") -> None:
        story = self.story
        self._filling = True
        self._stops.clear()
        lacking = {key.partition("/")[0] for key, _ in missing_texts(story)} if story else set()
        for number, stop in enumerate(story.stops if story else (), start=1):
            title = story.told(stop.title, translator.language) if story else ""
            entry = QListWidgetItem(f"{'↳' if stop.aside else number}  {title or stop.id}")
            if stop.id in lacking:
                entry.setIcon(icon("mdi6.translate-off"))
                entry.setToolTip(tr("stories.text_missing"))
            entry.setData(ID, stop.id)
            self._stops.addItem(entry)
            if stop.id == chosen:
                self._stops.setCurrentItem(entry)
        if self._stops.currentItem() is None and self._stops.count():
            self._stops.setCurrentRow(0)
        self._filling = False
        self._show_mark(story)
        self._whole.show_story(story)
        self._show_stop()

    def _show_mark(self, story: Story | None) -> None:
        if story is None:
            self._mark.setText("")
            return
        minutes = story.duration_s() / 60.0
        count = len(missing_texts(story))
        words = tr("stories.lasts", minutes=round(minutes, 1))
        self._mark.setText(words + (f" · {tr('stories.missing', count=count)}" if count else ""))

    def _show_stop(self) -> None:
        self._form.show_stop(self.stop, self.story)
        there = self.stop is not None
        for part in (self._again, self._remove, self._play, self._rehearse):
            part.setEnabled(there)

    # What is done.

    def _do(self, label: str, story: Story, merge: str = "") -> None:
        if self._session is not None:
            self._session.do(label, lambda p: p.with_story(story), merge=merge)

    def _change_stop(self, stop: Stop) -> None:
        story = self.story
        if story is not None and not self._filling:
            self._do("edit.story_stop", story.with_stop(stop), merge=f"stop.{story.id}.{stop.id}")

    def _change_story(self, story: Story) -> None:
        if not self._filling:
            self._do("edit.story_settings", story, merge=f"story.{story.id}")

    def _remove_story(self) -> None:
        story = self.story
        if self._session is not None and story is not None:
            self._settings.setChecked(False)
            self._session.do("edit.story_forget", lambda p: p.without_story(story.id))

    def _reorder(self, ids: list[str]) -> None:
        story = self.story
        if story is None or self._filling or sorted(ids) != sorted(s.id for s in story.stops):
            return
        self._do("edit.story_order", replace(story, stops=tuple(story.stop(i) for i in ids)))

    def _add_story(self) -> None:
        if self._session is None:
            return
        taken = {story.id for story in self._session.project.stories}
        count = next(n for n in range(1, len(taken) + 2) if f"story-{n}" not in taken)
        language = translator.language
        title = {language: tr("stories.untitled", number=count)}
        story = Story(id=f"story-{count}", title=title, languages=(language,), fallback=language)
        self._do("edit.story_add", replace(story, stops=(self._captured("stop-1"),)))
        self._stories.setCurrentIndex(self._stories.findData(story.id))

    def _capture_stop(self) -> None:
        story = self.story
        if story is None:
            self._add_story()
            return
        taken = {stop.id for stop in story.stops}
        name = next(f"stop-{n}" for n in range(1, len(taken) + 2) if f"stop-{n}" not in taken)
        place = self._stops.currentRow() + 1
        stops = (*story.stops[:place], self._captured(name), *story.stops[place:])
        self._do("edit.story_capture", replace(story, stops=stops))
        self._fill_stops(name)

    def _capture_again(self) -> None:
        story, stop = self.story, self.stop
        if story is not None and stop is not None:
            new = self._captured(stop.id)
            changed = replace(stop, camera=new.camera, at=new.at, layers=new.layers)
            changed = replace(changed, selection=new.selection, variant=new.variant)
            changed = replace(changed, section=new.section)
            self._do("edit.story_capture", story.with_stop(changed))

    def _captured(self, name: str) -> Stop:
        """Return a stop of what the viewport shows now."""
        from twin.work.sections import to_story

        session, viewport = self._window.session, self._window.viewport
        view = viewport.view()
        number = name.rpartition("-")[2]
        return Stop(
            id=name,
            title={translator.language: tr("stories.untitled_stop", number=number)},
            camera=Camera(
                position=view.position,
                target=view.target,
                field_of_view_deg=view.field_of_view_deg,
                xray=viewport.xray,
            ),
            at=session.clock.at,
            variant=session.variant,
            layers=tuple(spec.id for spec in session.project.layers if spec.visible),
            selection=tuple(sorted(session.selection.features)),
            section=to_story(viewport.section.planes),
        )

    def _remove_stop(self) -> None:
        story, stop = self.story, self.stop
        if story is None or stop is None:
            return
        kept = tuple(
            replace(s, branches=tuple(b for b in s.branches if b.stop != stop.id))
            for s in story.stops
            if s.id != stop.id
        )
        self._do("edit.story_remove", replace(story, stops=kept))

    def _request(self, *, rehearsal: bool) -> None:
        story, stop = self.story, self.stop
        if story is not None and stop is not None:
            self.play_requested.emit(story.id, stop.id, rehearsal)

    def _export_texts(self) -> None:
        story = self.story
        if story is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self, tr("stories.texts_out"), f"{story.id}.po", tr("stories.texts_filter")
        )
        if name:
            self.write_texts(Path(name), self._form.language)

    def write_texts(self, path: Path, language: str) -> None:
        """Write the story's texts for a translator: XLIFF by its suffix, else PO."""
        from twin.show.translation import write_po, write_xliff

        story = self.story
        if story is None:
            return
        write = write_xliff if path.suffix.lower() in (".xlf", ".xliff") else write_po
        try:
            write(story, language, path)
        except OSError as error:
            self._window.say("status.unexpected", reason=error.strerror or str(error))

    def _import_texts(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, tr("stories.texts_in"), "", tr("stories.texts_filter")
        )
        if name:
            self.take_texts(Path(name))

    def take_texts(self, path: Path) -> None:
        """Take translated texts into the story; can be undone."""
        from twin.show.translation import take_texts

        story = self.story
        if story is None:
            return
        try:
            changed, problems = take_texts(story, path)
        except BelvedereError as error:
            self._window.tell(error.problem)
            return
        self._do("edit.story_texts", changed)
        for problem in problems[:1]:
            self._window.tell(problem)

    # Layout.

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.addWidget(self._stories, 1)
        bar.addWidget(self._settings)
        bar.addWidget(self._new)
        tools = QHBoxLayout()
        tools.setContentsMargins(8, 0, 8, 4)
        for part in (self._play, self._rehearse):
            tools.addWidget(part)
        tools.addStretch(1)
        for part in (self._capture, self._again, self._remove, self._out, self._in):
            tools.addWidget(part)
        forms = QStackedWidget()
        for form in (self._form, self._whole):
            area = QScrollArea(widgetResizable=True)
            area.setWidget(form)
            forms.addWidget(area)
        self._settings.toggled.connect(lambda on: forms.setCurrentIndex(int(on)))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._stops)
        split.addWidget(forms)
        split.setSizes([180, 320])
        self._body = split
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(bar)
        layout.addLayout(tools)
        layout.addWidget(self._mark)
        layout.addWidget(split, 1)
        layout.addWidget(self._empty, 1)
        self._mark.setContentsMargins(10, 0, 10, 2)

    def _connect(self) -> None:
        self._stories.currentIndexChanged.connect(self._chosen)
        self._stops.currentItemChanged.connect(self._on_current)
        self._stops.itemActivated.connect(lambda _entry: self._show_on_viewport())
        self._play.clicked.connect(lambda: self._request(rehearsal=False))
        self._rehearse.clicked.connect(lambda: self._request(rehearsal=True))

    def _chosen(self, _row: int) -> None:
        if not self._filling:
            self._fill_stops()

    def _on_current(self, *_items: object) -> None:
        if not self._filling:
            self._show_stop()

    def _show_on_viewport(self) -> None:
        stop = self.stop
        if stop is not None and stop.camera is not None:
            self._window.viewport.fly_to_view(stop.camera)
