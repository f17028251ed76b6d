"""What is taken away of a story: chosen here, made beside the window, told when it is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFormLayout, QLabel, QProgressBar

from twin.errors import BelvedereError
from twin.problems import Problem
from twin.work.jobs import Job
from ui.dialogs.frame import Dialog
from ui.i18n import tr, translator
from ui.show.running import Verb
from ui.show.wording import NAMES
from ui.window.messages import tell

if TYPE_CHECKING:
    from ui.window.main import MainWindow

KINDS = {
    "mp4": "{story}-{lang}.mp4",
    "pdf": "{story}-{lang}.pdf",
    "html": "{story}-{lang}-web",
    "images": "{story}-{lang}-pictures",
    "poster": "{story}-{lang}-poster.pdf",
    "gltf": "{story}.glb",
    "solid": "{story}.3mf",
}


class TakeDialog(Dialog):
    """Asks for story, language, kinds and a folder, and makes them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, accept="take.choose")
        self._window = window
        self._stories, self._languages = QComboBox(), QComboBox()
        self._kinds = {name: QCheckBox(checked=name in ("mp4", "pdf", "html")) for name in KINDS}
        self._whole = QCheckBox()
        self._size = QComboBox()
        for size in ("1280x720", "1920x1080", "3840x2160"):
            self._size.addItem(size.replace("x", " × "), size)
        self._state = QLabel(wordWrap=True)
        self._busy = QProgressBar(minimum=0, maximum=0, textVisible=False, visible=False)
        self._labels = {name: QLabel() for name in ("story", "language", "size")}
        self._verb: Verb | None = None
        for story in window.session.project.stories if window.session else ():
            self._stories.addItem(story.told(story.title, translator.language), story.id)
        self._stories.currentIndexChanged.connect(self._fill_languages)
        self._arrange()
        self._fill_languages()
        self.setMinimumWidth(460)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("take.title"))
        for name, label in self._labels.items():
            label.setText(tr(f"take.{name}"))
        for name, box in self._kinds.items():
            box.setText(tr(f"take.{name}"))
        self._whole.setText(tr("take.whole"))

    def accept(self) -> None:
        """Ask for the folder and begin; the dialog stays until all is made."""
        if self._verb is not None:
            return
        settings = self._window.services.settings
        name = QFileDialog.getExistingDirectory(self, tr("take.folder"), str(settings.last_folder))
        if name:
            settings.last_folder = Path(name)
            self.make(Path(name))

    def make(self, folder: Path) -> None:
        """Make what is chosen in a folder."""
        source = self._window.files.folder
        if source is None:
            self._state.setText(tr("checkup.unsaved"))
            return
        story, language = str(self._stories.currentData()), str(self._languages.currentData())
        arguments = ["story", str(source), story, "--lang", language]
        arguments += ["--size", str(self._size.currentData())]
        arguments += ["--whole", "--fps", "30"] if self._whole.isChecked() else []
        for kind, pattern in KINDS.items():
            if self._kinds[kind].isChecked():
                path = folder / pattern.format(story=story, lang=language)
                arguments += [f"--{kind}", str(path)]
        self._verb = Verb(arguments, self)
        self._verb.finished.connect(self._finish)
        self._busy.show()
        self.accept_button.setEnabled(False)
        self._state.setText(tr("take.busy"))
        self._verb.start()

    def done(self, result: int) -> None:
        """Stop what still runs."""
        if self._verb is not None:
            self._verb.stop()
        super().done(result)

    @property
    def state(self) -> str:
        """What is said of the work."""
        return self._state.text()

    def _finish(self, status: int, said: str) -> None:
        self._busy.hide()
        self._verb = None
        self.accept_button.setEnabled(True)
        if status == 0:
            self._state.setText(tr("take.done"))
        else:
            self._state.setText(said.splitlines()[-1] if said else tr("take.failed"))

    def _fill_languages(self, *_row: object) -> None:
        session = self._window.session
        story = session.project.story(str(self._stories.currentData())) if session else None
        self._languages.clear()
        for language in story.languages if story else ():
            self._languages.addItem(NAMES.get(language, language), language)
        self._languages.setCurrentIndex(max(self._languages.findData(translator.language), 0))

    def _arrange(self) -> None:
        form = QFormLayout()
        for name, field in (
            ("story", self._stories),
            ("language", self._languages),
            ("size", self._size),
        ):
            self._labels[name].setBuddy(field)
            form.addRow(self._labels[name], field)
        for box in self._kinds.values():
            form.addRow("", box)
        form.addRow("", self._whole)
        self.body.addLayout(form)
        self.body.addWidget(self._state)
        self.body.addWidget(self._busy)


def choose_pack(w: MainWindow) -> None:
    """Ask for a file and write the open project as a pack, on a worker."""
    settings = w.services.settings
    folder = w.files.folder
    start = settings.last_folder / f"{folder.name if folder else 'city'}.belvedere"
    name, _ = QFileDialog.getSaveFileName(w, tr("pack.save_title"), str(start), "*.belvedere")
    if name:
        settings.last_folder = Path(name).parent
        write_pack(w, Path(name).with_suffix(".belvedere"))


def write_pack(w: MainWindow, out: Path) -> None:
    """Write the open project, unsaved changes included, as a pack."""
    from ui.show.packing import pack_project

    session = w.session
    project, folder, registry = session.project, session.folder, w.services.registry

    def work(_job: Job) -> str:
        try:
            return pack_project(project, folder, registry, out)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BelvedereError("export.cannot_write", str(out), reason=reason) from error

    def failed(problem: Problem) -> None:
        tell(w, problem)

    session.jobs.run(
        Job("job.pack", out.name),
        work,
        done=lambda signer: w.say("status.packed", file=out.name, signer=signer[:11]),
        failed=failed,
    )
