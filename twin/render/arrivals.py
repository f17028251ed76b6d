"""From arrays to the graphics card: what is in sight first, in small pieces, within a budget of memory."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from vtkmodules.vtkRenderingCore import vtkRenderWindow

from twin.render.budget import default_budget_bytes
from twin.render.camera import CameraRig, Pose
from twin.render.canvas import Canvas
from twin.render.choice import Choice, choose, first_of
from twin.render.lettering import Lettering
from twin.render.light import Atmosphere
from twin.render.memory import Keeper, Memory
from twin.render.pace import Pace
from twin.render.part import WHOLE
from twin.render.piece import Pieces
from twin.render.scene import Scene
from twin.render.shadows import Shadows
from twin.render.window import is_ready

Turn = Callable[[], AbstractContextManager[object]]
UPLOADED_TOGETHER = 60_000
"""Triangles at most: some 6 ms on a machine that does nothing else."""
CALL_MS = 1.0
"""An upload takes so long however little it takes along."""
FIRST_RATE = 4_000.0
"""Triangles that are uploaded in a millisecond, before that is known."""
LEARNING = 0.3
SPARE = 0.6
"""Of the time left, what uploads are planned for."""
PATIENCE_S = 0.06
"""What comes while more is on its way waits so long for company: an upload of one tile takes as long as one of four."""
SLACK_OF_A_PART = 0.5
"""Of the error that may be seen: what is drawn part by part leaves out nothing that a pixel could show."""
LONGEST_WAIT_S = 120.0
"""For a picture, until all tiles of its view are loaded."""


class Arrivals(Scene, ABC):
    """A scene whose pieces come to the graphics card of a window."""

    window: vtkRenderWindow
    size: tuple[int, int]
    _whole: tuple[int, int] | None = None
    """Size of the picture that is drawn part by part, each as large as the window."""
    disturbed: bool
    pace: Pace
    _canvas: Canvas
    _shadows: Shadows
    _keeper: Keeper
    _turn: Turn
    _air: Atmosphere
    _quality: str
    _lettering: Lettering
    _left: Sequence[Choice] = ()
    _looked: tuple[object, ...] = ()
    _rate: float = FIRST_RATE
    _owed: bool = False
    """The last call had no time to upload anything."""
    _whole_once: bool = False
    """A picture was drawn that lacked nothing."""
    _waiting_since: float = math.inf
    starved: bool = False
    """The last :meth:`upload` found nothing to do: workers are at it, asking again at once only hinders."""
    piecing: bool = False
    """A resting picture is put together part by part: what that loads is nobody else's concern."""
    levels_changed: bool = False
    """Other streamed tiles are shown than before; whoever fades pictures into each other sets it back."""

    @abstractmethod
    def _aim(self) -> None:
        """Point the camera of the window."""

    @abstractmethod
    def _letter(self, patience_s: float, *, looking: bool = True) -> None:
        """Place the labels of the next frame, without looking whether they are hidden where that is of no use."""

    @property
    def uploading(self) -> bool:
        """Whether something in sight waits for :meth:`upload`."""
        return not self.piecing and self._lacks

    @property
    def _lacks(self) -> bool:
        return self.arriving or self._canvas.lacking or self._lettering.lacking

    @property
    def arriving(self) -> bool:
        """Whether a layer is not wholly in the picture yet."""
        return not self.piecing and any(
            x.upload is not None or x.streaming for x in self._layers.values()
        )

    @property
    def stalled(self) -> bool:
        """Whether all that arrives is streamed, and takes its time: a slow server, or one that fails."""
        layers = [x for x in self._layers.values() if x.visible]
        streams = [tiles for x in layers for tiles in x.streams if tiles.busy]
        uploads = any(x.upload is not None for x in self._layers.values())
        return bool(streams) and not uploads and all(t.stream.stalled for t in streams)

    @property
    def retry_s(self) -> float:
        """How long until :meth:`upload` is worth a call though nothing else has changed; ``inf``: never."""
        layers = (x for x in self._layers.values() if x.visible)
        return min((t.stream.retry_s for x in layers for t in x.streams), default=math.inf)

    @property
    def waits_for_render(self) -> bool:
        """Whether something was made that only :meth:`render` can bring further."""
        return self._shadows.waiting and not self.piecing

    @property
    def works_on(self) -> bool:
        """Whether a worker is not done with what :meth:`render` waits for: rendering now would not help."""
        return self._shadows.works_on

    def upload(self, budget_ms: float = 8.0) -> bool:
        """Make some of what waits and take what of it is in sight to the graphics card.

        Parameters
        ----------
        budget_ms : float
            Roughly how long it may take; ``inf`` does all at once, waiting for the workers.

        Returns
        -------
        bool
            Whether more is to come: call it again.
        """
        at_once = budget_ms == math.inf
        end = time.perf_counter() + budget_ms / 1000.0
        self._follow()
        if at_once:
            self._load_all()
        made, shown = 0, self._pieces_shown()
        for layer in self._layers.values():
            if at_once:
                layer.finish()
            while (made == 0 or time.perf_counter() < end) and layer.step():
                made += 1
        if self._pieces_shown() != shown:
            self._arrange()
        best = self._quality == "best"  # then a frame draws, and so uploads, all that is in sight
        found = () if best else self._cold_now()
        cold = self._left = found if self._can_wait(found) else self._warm(found, end)
        if not (cold or best or self._whole_once):
            self._warm(self._cold_in("still"), end)  # the first picture is one at rest
        self.starved = not made and len(cold) == len(found)
        waiting = {id(choice.piece) for choice in cold}
        done = [layer for layer in self._layers.values() if layer.settle(waiting)]
        if done:
            self._arrange()
        self._canvas.lacking = bool(cold)
        if not (cold or best or self.arriving):
            self.camera.size_px = self.size
            # Only to have their pictures drawn.
            self._letter(max(end - time.perf_counter(), 0.0), looking=False)
        if not self.uploading:
            self._keep_within()
        return self.uploading

    def _pieces_shown(self) -> int:
        """Return how many pieces the layers show; those that only arrive change no picture."""
        return sum(len(layer.pieces) for layer in self._layers.values())

    def _cold_now(self) -> Sequence[Choice]:
        """Return what a moving picture lacks; looked for again only where pieces or camera are others."""
        made = [id(p) for layer in self._layers.values() if layer.streams for p in layer.arriving]
        key = (self._version, self.camera.pose, self.camera.size_px, self.camera.part, tuple(made))
        if key != self._looked:
            self._looked = key
            return self._cold_in("moving")
        return [choice for choice in self._left if not choice.ready]

    @property
    def memory(self) -> Memory:
        """What the scene takes of the memory."""
        return self._keeper.measure(self._layers.values())

    def set_memory_budget(self, budget_bytes: int | None) -> None:
        """Let the scene take so much memory; None: a quarter of the machine's."""
        self._keeper.budget_bytes = budget_bytes or default_budget_bytes()
        self._keep_within()

    def _keep_within(self) -> None:
        if is_ready(self.window) and self._keeper.over(self._layers.values()):
            with self._turn():
                self._keeper.keep(self._layers.values(), self.window, self._canvas.frame)

    def foresee(self, poses: Sequence[Pose]) -> None:
        """Load in spare time the streamed tiles that these poses will need, the first of them first.

        Other poses take their place at the next call; none ends it.
        """
        cameras = []
        for pose in poses:
            rig = CameraRig(self.size)
            rig.pose = pose
            cameras.append(rig)
        for layer in self._layers.values():
            for tiles in layer.streams:
                tiles.foresee(cameras)

    def _follow(self) -> None:
        """Let streamed tiles follow the view."""
        self.camera.size_px = self._whole or self.size
        slack = self.pace.gait.slack if self._quality == "moving" else 1.0
        slack = SLACK_OF_A_PART if self.piecing and self.camera.part is not WHOLE else slack
        changes = [layer.look(self.camera, slack=slack) for layer in self._layers.values()]
        if any(changes):
            self.levels_changed = True
            self._arrange()

    def _load_all(self) -> None:
        """Wait for all streamed tiles that the view needs."""
        end = time.perf_counter() + LONGEST_WAIT_S
        while any(x.streaming for x in self._layers.values()) and time.perf_counter() < end:
            for layer in self._layers.values():
                while layer.step():
                    pass
                layer.settle()
                for tiles in layer.streams:
                    tiles.wait()
            self._follow()

    def prepare(self, budget_ms: float = 8.0) -> bool:
        """Take to the graphics card what a resting picture and then other directions need; let go of what none does.

        Returns
        -------
        bool
            Whether more is to come.
        """
        if self._xray:
            return False
        wanted = self._cold_in("still")
        lit = self._shadows.lit(self._casting, self.camera, self._air, self._scene_version)
        wanted += [choice for choice in lit if not choice.ready]
        if self._keeper.has_room(self._layers.values()):
            wanted += [c for c in self._chosen("moving", all_around=True) if not c.ready]
        # From here on: looking for them may take as long on a machine that does much else.
        left = self._warm(wanted, time.perf_counter() + budget_ms / 1000.0)
        self._keep_within()
        tidied = [t.stream.tidy() for layer in self._layers.values() for t in layer.streams]
        return any(tidied) or bool(left)

    def _chosen(self, quality: str, *, all_around: bool = False) -> list[Choice]:
        arriving = Pieces(
            piece for layer in self._layers.values() if layer.visible for piece in layer.arriving
        )
        return [
            choice
            for some in (self._shown, self._shown_over, arriving)
            for choice in choose(some, self.camera, quality, all_around=all_around)
        ]

    def _cold_in(self, quality: str) -> list[Choice]:
        return [choice for choice in self._chosen(quality) if not choice.ready]

    def _warm(self, cold: Sequence[Choice], end: float) -> Sequence[Choice]:
        """Upload until a moment of ``time.perf_counter``; return what is left."""
        if not cold or not is_ready(self.window):
            return cold
        more = cold[0].piece.weight <= self._room(end)
        if not (more or self._owed):
            self._owed = True  # the next time at least some: a machine that does much else never has the time
            return cold
        self._owed, more = False, True
        self._aim()
        self.disturbed = True
        with self._turn():
            while cold and more:
                some = self._together(cold, end)
                self._upload_now(some)
                cold = cold[len(some) :]
                more = bool(cold) and cold[0].piece.weight <= self._room(end)
        return cold

    def _can_wait(self, cold: Sequence[Choice]) -> bool:
        """Whether what is cold may wait for more: the picture has something to show, and tiles are on their way."""
        now = time.perf_counter()
        since = self._waiting_since = min(self._waiting_since, now) if cold else math.inf
        few = sum(choice.piece.weight for choice in cold) < UPLOADED_TOGETHER
        waits = few and bool(self._shown) and now - since < PATIENCE_S and self._more_comes()
        if not waits:
            self._waiting_since = math.inf
        return waits

    def _more_comes(self) -> bool:
        layers = (layer for layer in self._layers.values() if layer.visible)
        return any(tiles.stream.expects for layer in layers for tiles in layer.streams)

    def _upload_now(self, some: Sequence[Choice]) -> None:
        """Upload these, and learn how long that takes where no program had to be made first."""
        known = all(choice.kind in self._canvas.programs for choice in some)
        started = time.perf_counter()
        self._canvas.warm(some)
        took_ms = max((time.perf_counter() - started) * 1000.0, 0.1)
        if known:
            weight = sum(choice.piece.weight for choice in some)
            rate = weight / max(took_ms - CALL_MS, 0.3 * took_ms)
            self._rate += LEARNING * (rate - self._rate)

    def _together(self, cold: Sequence[Choice], end: float) -> Sequence[Choice]:
        """Return the first of them that upload in the time left; one that needs a new program comes alone."""
        some = first_of(cold, round(min(self._room(end), UPLOADED_TOGETHER)))
        for count, choice in enumerate(some):
            if choice.kind not in self._canvas.programs:
                return some[: max(count, 1)]
        return some

    def _room(self, end: float) -> float:
        """Return how many triangles upload until a moment, with some time to spare: it is an estimate."""
        left_ms = SPARE * (end - time.perf_counter()) * 1000.0 - CALL_MS
        return max(left_ms, 0.0) * self._rate
