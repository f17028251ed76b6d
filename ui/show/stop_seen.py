"""What a stop takes from the view as it is: section, chart, styles, the cameras of a path, when a time-lapse ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from twin.model.selection import FeatureRef
from twin.model.story import Camera, Motion, Stop
from ui.docks.features import feature_title
from ui.forms.narrow import beside, narrow_form
from ui.forms.parts import IconButton, muted
from ui.i18n import tr
from ui.i18n.formats import date_time
from ui.show.insets import charted
from ui.show.stop_part import Changed, Shown, StopPart

if TYPE_CHECKING:
    from ui.window.main import MainWindow


@dataclass(frozen=True)
class Taken:
    """One thing that a stop takes from the view: how it is taken, put away, and said in a few words."""

    take: Callable[[Stop], Stop]
    drop: Callable[[Stop], Stop]
    say: Callable[[Stop], str]


class StopSeen(StopPart):
    """A row for each thing: what there is, take it from the view, put it away."""

    def __init__(self, window: MainWindow, changed: Changed) -> None:
        super().__init__(window, changed)
        self.rows: Mapping[str, Taken] = {
            "section": Taken(self._cut, lambda s: replace(s, section=()), self._say_section),
            "chart": Taken(self._chart, lambda s: replace(s, chart=None), self._say_chart),
            "styles": Taken(self._styles, lambda s: replace(s, styles={}), self._say_styles),
            "path": Taken(self._path, lambda s: replace(s, motion=Motion()), self._say_path),
            "subject": Taken(
                self._follow, lambda s: replace(s, motion=Motion()), self._say_subject
            ),
            "until": Taken(self._until, lambda s: replace(s, motion=Motion()), self._say_until),
        }
        self._labels = {name: QLabel() for name in self.rows}
        self._said = {name: muted() for name in self.rows}
        self.takes = {n: IconButton("mdi6.camera-plus-outline", self._doing(n)) for n in self.rows}
        self.drops = {n: IconButton("mdi6.close", self._dropping(n)) for n in self.rows}
        form = narrow_form(self)
        for name, said in self._said.items():
            form.addRow(self._labels[name], beside(said, self.takes[name], self.drops[name]))
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        for name, label in self._labels.items():
            label.setText(tr(f"stop.{name}"))
            self.takes[name].say(tr(f"stop.take_{name}"))
            self.drops[name].say(tr("stop.drop", what=tr(f"stop.{name}")))
            self.takes[name].retheme()
            self.drops[name].retheme()

    def _fill(self, shown: Shown) -> None:
        for name, taken in self.rows.items():
            words = taken.say(shown.stop)
            self._said[name].setText(words or tr("stop.none"))
            self.drops[name].setEnabled(bool(words))

    def _doing(self, name: str) -> Callable[[], None]:
        return lambda: self._apply(self.rows[name].take)

    def _dropping(self, name: str) -> Callable[[], None]:
        return lambda: self._apply(self.rows[name].drop)

    def _apply(self, change: Callable[[Stop], Stop]) -> None:
        if self._shown is not None:
            self._put(change(self._shown.stop))
            self._fill(self._shown)

    # What is taken.

    def _cut(self, stop: Stop) -> Stop:
        from twin.work.sections import to_story

        return replace(stop, section=to_story(self._window.viewport.section.planes))

    def _chart(self, stop: Stop) -> Stop:
        chosen = self._chosen()
        return replace(stop, chart=chosen) if chosen else stop

    def _follow(self, stop: Stop) -> Stop:
        chosen = self._chosen()
        motion = Motion(kind="follow", subject=chosen, until=stop.motion.until)
        return replace(stop, motion=motion) if chosen else stop

    def _chosen(self) -> FeatureRef | None:
        return min(self._window.session.selection.features, default=None)

    def _styles(self, stop: Stop) -> Stop:
        layers = self._window.session.project.layers
        return replace(stop, styles={s.id: s.style for s in layers if s.visible and s.style})

    def _path(self, stop: Stop) -> Stop:
        view = self._window.viewport.view()
        here = Camera(
            position=view.position, target=view.target, field_of_view_deg=view.field_of_view_deg
        )
        motion = stop.motion
        cameras = (*motion.cameras, here) if motion.kind == "path" else (here,)
        return replace(stop, motion=Motion(kind="path", cameras=cameras))

    def _until(self, stop: Stop) -> Stop:
        kind = stop.motion.kind if stop.motion.kind == "follow" else "time_lapse"
        motion = replace(stop.motion, kind=kind, until=self._window.session.clock.at)
        return replace(stop, motion=motion)

    # How it is said.

    def _say_section(self, stop: Stop) -> str:
        return tr("stop.planes", count=len(stop.section)) if stop.section else ""

    def _say_chart(self, stop: Stop) -> str:
        return self._named(stop.chart)

    def _say_subject(self, stop: Stop) -> str:
        return self._named(stop.motion.subject)

    def _named(self, ref: FeatureRef | None) -> str:
        found = charted(ref, self._window.session) if ref else None
        return feature_title(*found) if found else (ref[1] if ref else "")

    def _say_styles(self, stop: Stop) -> str:
        return tr("stop.layers", count=len(stop.styles)) if stop.styles else ""

    def _say_path(self, stop: Stop) -> str:
        cameras = stop.motion.cameras
        return tr("stop.cameras", count=len(cameras)) if cameras else ""

    def _say_until(self, stop: Stop) -> str:
        until = stop.motion.until
        return date_time(until, self._window.session.project.time_zone) if until else ""
