"""Which stop is on: the state of a story that is told, moved on by whoever owns a timer. No clock of its own."""

from __future__ import annotations

from enum import StrEnum

from psygnal import Signal

from twin.model.story import Stop, Story


class Phase(StrEnum):
    """What happens now."""

    FLYING = "flying"
    HOLDING = "holding"
    ENDED = "ended"


class Player:
    """Tells a story.

    Parameters
    ----------
    story : Story
        With at least one stop.
    calm : bool
        No flights: for those whom motion makes ill.
    """

    stop_changed = Signal(object, object)
    """The stop that begins and the one before, or None."""
    changed = Signal()
    """Anything that a console shows."""

    def __init__(self, story: Story, *, calm: bool = False) -> None:
        if not story.line:
            raise ValueError("a story needs a stop")
        self.story, self.calm = story, calm
        self.autoplay = False
        self.loop = story.loop
        self.speed = 1.0
        self._stop: Stop | None = None
        self._from = ""
        self._phase = Phase.ENDED
        self._passed_s = 0.0
        self.total_s = 0.0

    @property
    def stop(self) -> Stop:
        """The stop that is on; before the beginning the first."""
        return self._stop or self.story.line[0]

    @property
    def phase(self) -> Phase:
        """Whether one flies to the stop, is there, or the story is over."""
        return self._phase

    @property
    def share(self) -> float:
        """How much of the phase has passed, 0 to 1."""
        lasts = self.stop.transition.duration_s if self._phase is Phase.FLYING else self.stop.hold_s
        return min(self._passed_s / lasts, 1.0) if lasts > 0 else 1.0

    @property
    def following(self) -> Stop | None:
        """The stop that comes next, None at the end of a story that does not begin again."""
        line = self.story.line
        if self._stop is None:
            return line[0]
        if self._stop.aside:
            return self._line_stop(self._from)
        place = line.index(self._stop) + 1
        if place < len(line):
            return line[place]
        return line[0] if self.loop else None

    @property
    def ahead(self) -> tuple[Stop, ...]:
        """The stops that may come next: that of the line first, then those that branch off."""
        following = () if self.following is None else (self.following,)
        return (*following, *(self.story.stop(branch.stop) for branch in self.stop.branches))

    @property
    def previous(self) -> Stop | None:
        """The stop before."""
        line = self.story.line
        if self._stop is None:
            return None
        if self._stop.aside:
            return self._line_stop(self._from)
        place = line.index(self._stop)
        return line[place - 1] if place > 0 else None

    @property
    def place(self) -> tuple[int, int]:
        """Number of the stop in the line from 1 (0 for an aside), and how many there are."""
        line = self.story.line
        number = line.index(self._stop) + 1 if self._stop is not None and self._stop in line else 0
        return number, len(line)

    def go(self, stop_id: str, *, jump: bool = False) -> None:
        """Go to a stop; unknown ones are the first: a story may have been edited since."""
        try:
            stop = self.story.stop(stop_id)
        except KeyError:
            stop = self.story.line[0]
        before = self._stop
        if stop.aside and before is not None and not before.aside:
            self._from = before.id
        flies = before is not None and stop.transition.kind == "fly" and not (jump or self.calm)
        self._stop = stop
        self._phase = Phase.FLYING if flies and stop.camera is not None else Phase.HOLDING
        self._passed_s = 0.0
        self.stop_changed.emit(stop, before)
        self.changed.emit()

    def next(self) -> None:
        """Go on; at the end of the story nothing happens."""
        following = self.following
        if following is not None:
            self.go(following.id)

    def back(self) -> None:
        """Go back."""
        if self.previous is not None:
            self.go(self.previous.id)

    def branch(self, number: int) -> None:
        """Take a way off the line, counted from 0."""
        branches = self.stop.branches
        if 0 <= number < len(branches):
            self.go(branches[number].stop)

    def play(self, *, on: bool) -> None:
        """Let the story tell itself, or wait for the presenter."""
        if on != self.autoplay:
            self.autoplay = on
            self.changed.emit()

    def advance(self, seconds: float) -> None:
        """Let time pass: flights end, holds end where the story tells itself."""
        if self._stop is None or self._phase is Phase.ENDED:
            return
        self.total_s += seconds
        self._passed_s += seconds * self.speed
        while self._over():
            if self._phase is Phase.FLYING:
                self._passed_s -= self.stop.transition.duration_s
                self._phase = Phase.HOLDING
                self.changed.emit()
            elif not self.autoplay:
                return
            else:
                left = self._passed_s - self.stop.hold_s
                if self.following is None:
                    self._phase = Phase.ENDED
                    self.changed.emit()
                    return
                self.next()
                self._passed_s = min(left, 1.0)

    def _over(self) -> bool:
        if self._phase is Phase.FLYING:
            return self._passed_s >= self.stop.transition.duration_s
        return self._phase is Phase.HOLDING and self._passed_s >= max(self.stop.hold_s, 0.5)

    def _line_stop(self, stop_id: str) -> Stop:
        line = self.story.line
        return next((stop for stop in line if stop.id == stop_id), line[0])
