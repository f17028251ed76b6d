"""A story: stops that are told one after the other, in several languages. Frozen, like the project that holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from twin.drawables import Text
from twin.model.selection import FeatureRef
from twin.model.style import Style

Place = tuple[float, float, float]
NoText: Text = MappingProxyType({})
QUALIFIERS = ("", "about", "over", "under", "up_to")
TRANSITIONS = ("fly", "cut")
MOTIONS = ("still", "orbit", "path", "time_lapse", "follow")
MOST_PLANES = 6
DIVISIONS = ("split", "swipe")


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Where a stop is seen from; metres in the scene."""

    position: Place
    target: Place
    field_of_view_deg: float = 40.0
    xray: bool = False


@dataclass(frozen=True, kw_only=True)
class Motion:
    """What moves while a stop is held.

    Parameters
    ----------
    kind : str
        ``still``; ``orbit``: turn about the target by ``degrees``; ``path``: along ``cameras``, beginning
        at the stop's own; ``time_lapse``: the clock runs to ``until``; ``follow``: after the ``subject``, while the
        clock runs to ``until``, without it as fast as it passes.
    subject : (layer id, feature id) or None
        A vehicle, or whatever else moves.
    """

    kind: str = "still"
    degrees: float = 0.0
    cameras: tuple[Camera, ...] = ()
    until: datetime | None = None
    subject: FeatureRef | None = None


@dataclass(frozen=True, kw_only=True)
class Transition:
    """How one gets to a stop: ``fly`` (over the roofs, never through them) or ``cut``."""

    kind: str = "fly"
    duration_s: float = 3.0


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that a stop shows, never without its source.

    Parameters
    ----------
    value : float
    unit : str
        As columns have it: ``m2``, ``%``; ``year`` writes the number without separators.
    qualifier : str
        One of ``QUALIFIERS``: about, over, under, up_to.
    source, date : str
        Who says so, and of when it is.
    quality : str
        A value of :class:`~twin.model.table.Quality`.
    """

    label: Text
    value: float
    source: str
    unit: str = ""
    date: str = ""
    qualifier: str = ""
    quality: str = "declared"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture beside the scene; ``path`` is relative to the project folder."""

    path: str
    caption: Text = field(default_factory=lambda: NoText)
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A film or a sound that a stop plays; ``path`` is relative to the project folder."""

    path: str
    caption: Text = field(default_factory=lambda: NoText)
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a stop shows beside its own view: the same camera, at the same scale, elsewhere or otherwise.

    Parameters
    ----------
    kind : str
        ``split``: a half each; ``swipe``: one picture under a line that moves across.
    title, own_title : Text
        What stands over the two sides: over the other one, and over the stop's own.
    project : str
        Another place: the folder of its project, relative to this one's. Empty: the same city.
    target : (x, y, z) or None
        Where the other place is looked at, metres in its own scene; None: where the stop is.
    variant : str
        Of the other side. Empty: the city as it is.
    at : datetime or None
        Clock of the other side; None: that of the stop.
    layers : tuple of str or None
        Of the other side; None: those of the stop, or in another place those that its project shows.
    figures : tuple of Figure
        The same indicators as the stop's own figures, for the other side.
    """

    kind: str = "split"
    title: Text = field(default_factory=lambda: NoText)
    own_title: Text = field(default_factory=lambda: NoText)
    project: str = ""
    target: Place | None = None
    variant: str = ""
    at: datetime | None = None
    layers: tuple[str, ...] | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SectionPlane:
    """A plane that cuts the scene of a stop open; what lies before it is not drawn.

    Parameters
    ----------
    origin : (x, y, z)
        Metres in the scene.
    along, up : (x, y, z)
        Unit vectors in the plane, at right angles: ``up`` x ``along`` points into what stays.
    length_m : float or None
        The filled face ends there, from the origin; None: it has no ends.
    """

    origin: Place
    along: Place
    up: Place
    length_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A way off the line: ``ask me about heat``."""

    title: Text
    stop: str


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One step of a story.

    Parameters
    ----------
    text, notes, narration : Text
        What the audience reads; what only the presenter sees; what is spoken, as captions. By language.
    camera : Camera or None
        None leaves the camera where it is.
    at : datetime or None
        Clock; None leaves it.
    live : bool
        The clock goes with the present and feeds are shown; where one is lost its recorded day stands in.
    variant : str
        Id; empty leaves it.
    layers : tuple of str or None
        Exactly these are shown; None leaves them.
    styles : mapping
        Style by layer id, while the stop lasts.
    selection : tuple of (layer id, feature id)
    chart : (layer id, feature id) or None
        Its first series is drawn.
    section : tuple of SectionPlane
        The scene is cut open by them while the stop lasts: one plane, or the five of a box.
    beside : Beside or None
        Another variant, moment or place beside the view, from the same camera.
    video, sound : Clip or None
        Played while the stop lasts.
    hold_s : float
        How long it lasts in autoplay.
    aside : bool
        Off the line: reached by a branch only, and left to where one came from.
    """

    id: str
    title: Text
    text: Text = field(default_factory=lambda: NoText)
    notes: Text = field(default_factory=lambda: NoText)
    narration: Text = field(default_factory=lambda: NoText)
    camera: Camera | None = None
    at: datetime | None = None
    live: bool = False
    variant: str = ""
    layers: tuple[str, ...] | None = None
    styles: Mapping[str, Style] = field(default_factory=lambda: MappingProxyType({}))
    selection: tuple[FeatureRef, ...] = ()
    chart: FeatureRef | None = None
    section: tuple[SectionPlane, ...] = ()
    figures: tuple[Figure, ...] = ()
    pictures: tuple[Picture, ...] = ()
    beside: Beside | None = None
    video: Clip | None = None
    sound: Clip | None = None
    motion: Motion = Motion()
    transition: Transition = Transition()
    hold_s: float = 20.0
    branches: tuple[Branch, ...] = ()
    aside: bool = False


@dataclass(frozen=True, kw_only=True)
class Story:
    """Stops in the order they are told.

    Parameters
    ----------
    languages : tuple of str
        Those it is meant to be told in: a text missing in one of them is marked.
    fallback : str
        Shown in place of a missing text.
    """

    id: str
    title: Text
    summary: Text = field(default_factory=lambda: NoText)
    languages: tuple[str, ...] = ("en",)
    fallback: str = "en"
    stops: tuple[Stop, ...] = ()
    loop: bool = False

    @property
    def line(self) -> tuple[Stop, ...]:
        """The stops that are told in order, without those that only a branch leads to."""
        return tuple(stop for stop in self.stops if not stop.aside)

    def stop(self, stop_id: str) -> Stop:
        """Return a stop by id. Raises KeyError if there is none."""
        for stop in self.stops:
            if stop.id == stop_id:
                return stop
        raise KeyError(stop_id)

    def with_stop(self, changed: Stop) -> Story:
        """Return a copy in which the stop of the same id is replaced, or appended if there is none."""
        if any(stop.id == changed.id for stop in self.stops):
            return replace(
                self, stops=tuple(changed if s.id == changed.id else s for s in self.stops)
            )
        return replace(self, stops=(*self.stops, changed))

    def told(self, text: Text, language: str) -> str:
        """Return a text in a language, else in the fallback language, else in any, else empty."""
        for name in (language, self.fallback):
            if text.get(name):
                return text[name]
        return next((found for found in text.values() if found), "")

    def duration_s(self) -> float:
        """Return how long autoplay takes from the first stop to the end of the last."""
        flights = sum(s.transition.duration_s for s in self.line[1:] if s.transition.kind == "fly")
        return flights + sum(stop.hold_s for stop in self.line)


def files_of(stop: Stop) -> tuple[str, ...]:
    """Return the files and folders, relative to the project's, that a stop shows or plays."""
    clips = (clip.path for clip in (stop.video, stop.sound) if clip is not None)
    places = (stop.beside.project,) if stop.beside is not None and stop.beside.project else ()
    return (*(picture.path for picture in stop.pictures), *clips, *places)


def texts_of(story: Story) -> Iterator[tuple[str, Text]]:
    """Yield every text of a story with a key that stays the same while it is translated."""
    yield "title", story.title
    yield "summary", story.summary
    for stop in story.stops:
        for name in ("title", "text", "notes", "narration"):
            yield f"{stop.id}/{name}", getattr(stop, name)
        for number, figure in enumerate(stop.figures):
            yield f"{stop.id}/figure/{number}", figure.label
        for number, picture in enumerate(stop.pictures):
            yield f"{stop.id}/picture/{number}", picture.caption
        for number, branch in enumerate(stop.branches):
            yield f"{stop.id}/branch/{number}", branch.title
        if stop.beside is not None:
            yield f"{stop.id}/beside/title", stop.beside.title
            yield f"{stop.id}/beside/own_title", stop.beside.own_title
            for number, figure in enumerate(stop.beside.figures):
                yield f"{stop.id}/beside/figure/{number}", figure.label
        for name in ("video", "sound"):
            clip = getattr(stop, name)
            if clip is not None:
                yield f"{stop.id}/{name}/caption", clip.caption


def missing_texts(story: Story) -> list[tuple[str, str]]:
    """Return (key, language) of every text that is there in one language and not in another of the story."""
    return [
        (key, language)
        for key, text in texts_of(story)
        if any(text.values())
        for language in story.languages
        if not text.get(language)
    ]
