"""A story as frames: flights between stops, held pictures with their words. The same frames each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.export.inset import Inset, Insets, inset_box, lay, no_insets
from twin.model.story import Stop, Story
from twin.show.beside import Layout, Neighbour, joined, layout
from twin.show.card import RIGHT_TO_LEFT, Box, CardPainter, Told
from twin.show.following import whereabouts
from twin.show.journey import Journey
from twin.show.motion import Mover, poses_of
from twin.show.staging import Director

if TYPE_CHECKING:
    from twin.render.text import TextEngine
    from twin.show.obstacles import Skyline

Picture = NDArray[np.uint8]
LETTERS_A_SECOND = {"ko": 7.0, "ar": 12.0}
"""How fast people read a text on a screen, by language; 15 elsewhere."""
SHORTEST_S, LONGEST_S = 4.0, 9.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a story is filmed.

    Parameters
    ----------
    size : (width, height) in pixels
    fps : int
        Frames a second.
    longest_flight_s : float
        Flights that the story wants longer are shortened to this.
    holds : str
        ``reading``: as long as the text takes to read, 4 to 9 s; ``story``: as long as the story says.
    moving : bool
        Stops that move are drawn in motion; else they stand still, which costs one picture.
    """

    size: tuple[int, int] = (1280, 720)
    fps: int = 10
    longest_flight_s: float = 1.0
    holds: str = "reading"
    moving: bool = False

    def hold_s(self, stop: Stop, story: Story, language: str) -> float:
        """Return how long a stop is held."""
        if self.holds == "story":
            return stop.hold_s
        letters = len(story.told(stop.title, language)) + len(story.told(stop.text, language))
        return float(np.clip(letters / LETTERS_A_SECOND.get(language, 15.0), SHORTEST_S, LONGEST_S))


@dataclass(frozen=True, eq=False, kw_only=True)
class Shot:
    """One picture of a film, shown for a number of frames."""

    image: Picture
    frames: int
    stop: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Still:
    """The picture of a stop, without words and with them; (h, w, 3) uint8, top row first.

    Beside a column of words ``bare`` is only as wide as the pictures are.
    """

    stop: Stop
    bare: Picture
    told: Picture


Words = Callable[[Stop], Told]


class Film:
    """Draws a story.

    Parameters
    ----------
    words : callable
        What a stop says, in the language of the film.
    insets : callable
        What stands in the corner of a stop.
    """

    def __init__(
        self, story: Story, plan: Plan, director: Director, text: TextEngine, words: Words,
        *, insets: Insets = no_insets,
    ) -> None:  # fmt: skip
        self.story, self.plan = story, plan
        self._director, self._words, self._text = director, words, text
        self._insets = insets
        self._inset: Inset | None = None
        self._neighbour: Neighbour | None = None
        self._places: Layout | None = None
        self._painter = CardPainter(text, plan.size)
        self.stills: list[Still] = []

    def shots(self, skyline: Skyline | None, *, flights: bool = True) -> Iterator[Shot]:
        """Draw all stops in order, with the flights that lead to them; ``stills`` grows on the way."""
        before: Stop | None = None
        for stop in self._in_order():
            if flights and before is not None and not stop.aside:
                yield from self._flight(stop, skyline)
            with self._beside(stop):
                self._director.set(stop)
                self._inset = self._insets(stop, self._corner(stop)[2:])
                still = self._still(stop)
                self.stills.append(still)
                if not stop.aside:
                    yield from self._hold(stop, still, skyline)
                    before = stop

    def seconds(self) -> float:
        """Return how long the film lasts."""
        return sum(frames for _, frames in self.schedule()) / self.plan.fps

    def schedule(self) -> list[tuple[Stop, int]]:
        """Return the frames of each stop of the line, the flight to it included."""
        rows = []
        for number, stop in enumerate(self.story.line):
            flight = self._flight_frames(stop) if number else 0
            rows.append((stop, flight + self._hold_frames(stop)))
        return rows

    def held(self) -> list[tuple[Stop, float, float]]:
        """Return each stop of the line, and from when to when it is held, in seconds."""
        rows, at = [], 0
        for number, stop in enumerate(self.story.line):
            begin = at + (self._flight_frames(stop) if number else 0)
            at = begin + self._hold_frames(stop)
            rows.append((stop, begin / self.plan.fps, at / self.plan.fps))
        return rows

    def captions(self) -> list[tuple[float, float, str]]:
        """Return (begin, end, text) in seconds of what is told, spoken texts before written ones."""
        rows = []
        for stop, begin, end in self.held():
            told = self._words(stop)
            rows.append((begin, end, told.spoken or told.text or told.title))
        return rows

    def _in_order(self) -> Sequence[Stop]:
        return (*self.story.line, *(stop for stop in self.story.stops if stop.aside))

    def _flight(self, stop: Stop, skyline: Skyline | None) -> Iterator[Shot]:
        count = self._flight_frames(stop)
        if count == 0 or stop.camera is None:
            return
        stage = self._director.stage
        start = stage.camera.pose
        self._director.set(replace(stop, camera=None, selection=()))
        stage.set_xray(False)
        stage.camera.pose = start
        self._director.settle()
        where = whereabouts(self._director.session, stop.motion.subject)
        journey = Journey(start, Mover(stop, skyline, where).at(0.0).pose, skyline)
        for number in range(count):
            stage.camera.pose = journey.pose((number + 1) / (count + 1))
            self._director.draw(fine=False)
            yield Shot(image=stage.image(), frames=1, stop=stop.id)

    @contextmanager
    def _beside(self, stop: Stop) -> Iterator[None]:
        """Divide the screen while a stop shows something beside its own view."""
        if stop.beside is None:
            yield
            return
        mirrored = self._words(stop).language in RIGHT_TO_LEFT
        places = self._places = layout(stop.beside, self.plan.size, mirrored=mirrored)
        stage, half = self._director.stage, places.own[2:]
        stage.resize(*half)
        self._neighbour = Neighbour(stop, self._director, self._text, half)
        try:
            yield
        finally:
            self._neighbour.close()
            self._neighbour = self._places = None
            stage.resize(*self.plan.size)

    def _picture(self, *, fine: bool, share: float = 0.5) -> Picture:
        """Return what the screen shows now, without words."""
        image = self._director.stage.image()
        if self._neighbour is None or self._places is None:
            return image
        other = self._neighbour.image(self._director.stage.camera.pose, fine=fine)
        return joined(image, other, self._places, self.plan.size, share=share)

    def _write(self, image: Picture, told: Told) -> Picture:
        places = (self._places.own, self._places.other) if self._places is not None else ()
        self._painter.paint(image, told, places=places)
        return image

    def _corner(self, stop: Stop) -> Box:
        mirrored = self._words(stop).language in RIGHT_TO_LEFT
        return inset_box(self.plan.size, mirrored=mirrored)

    def _laid(self, image: Picture, inset: Picture, stop: Stop) -> Picture:
        """Return a picture with something in its corner, in place."""
        lay(image, inset, self._corner(stop))
        return image

    def _keep_out(self, told: Told) -> list[tuple[int, int, int, int]]:
        """Return what covers the stop's own picture, in its pixels."""
        if self._places is None:
            return [self._painter.box(told), *self._inset_boxes(told)]
        left, top = self._places.own[:2]
        boxes = [self._painter.plate_box(told, 0, self._places.own)] if told.plates else []
        if self._places.swipes:
            boxes.append(self._painter.box(told))
        return [(a - left, b - top, c - left, d - top) for a, b, c, d in boxes]

    def _inset_boxes(self, told: Told) -> list[Box]:
        """Return left, top, right, bottom of what stands in the corner."""
        if self._inset is None:
            return []
        left, top, width, height = inset_box(
            self.plan.size, mirrored=told.language in RIGHT_TO_LEFT
        )
        return [(left, top, left + width, top + height)]

    def _still(self, stop: Stop) -> Still:
        stage, words = self._director.stage, self._words(stop)
        stage.set_keep_out(self._keep_out(words))
        self._director.draw(fine=True)
        stage.set_keep_out([])
        bare = self._picture(fine=True)
        told = self._write(bare.copy(), words)
        if self._inset is not None:
            self._laid(told, self._inset.still, stop)
        if self._places is not None:
            left, _, wide, _ = self._places.own
            bare = np.ascontiguousarray(bare[:, left : left + wide])
        return Still(stop=stop, bare=bare, told=told)

    def _hold(self, stop: Stop, still: Still, skyline: Skyline | None) -> Iterator[Shot]:
        frames = self._hold_frames(stop)
        swipes = self._places is not None and self._places.swipes
        moves = self.plan.moving and stop.camera is not None
        moves = moves and (swipes or stop.motion.kind != "still")
        inset = self._inset
        if not moves and (inset is None or inset.film is None):
            yield Shot(image=still.told, frames=frames, stop=stop.id)
            return
        scenes = self._moving(stop, frames, skyline) if moves else repeat(still.told, frames)
        corners = inset.pictures(self.plan.fps, frames) if inset is not None else repeat(None)
        for scene, corner in zip(scenes, corners, strict=False):
            image = scene if corner is None else self._laid(scene.copy(), corner, stop)
            yield Shot(image=image, frames=1, stop=stop.id)

    def _moving(self, stop: Stop, frames: int, skyline: Skyline | None) -> Iterator[Picture]:
        """Draw a stop in motion, its words with it."""
        told, stage = self._words(stop), self._director.stage
        where = whereabouts(self._director.session, stop.motion.subject)
        stage.set_keep_out(self._keep_out(told))
        for number, moment in enumerate(poses_of(stop, frames, skyline, where)):
            stage.camera.pose = moment.pose
            if moment.at is not None:
                self._director.session.clock.set(moment.at)
            if stop.motion.until is not None:
                self._director.settle()  # shadows move with the sun
            else:
                self._director.draw(fine=False)
            picture = self._picture(fine=False, share=number / max(frames - 1, 1))
            yield self._write(picture, told)
        stage.set_keep_out([])

    def _flight_frames(self, stop: Stop) -> int:
        if stop.transition.kind != "fly" or stop.camera is None:
            return 0
        seconds = min(stop.transition.duration_s, self.plan.longest_flight_s)
        return round(seconds * self.plan.fps)

    def _hold_frames(self, stop: Stop) -> int:
        language = self._words(stop).language
        return max(1, round(self.plan.hold_s(stop, self.story, language) * self.plan.fps))
