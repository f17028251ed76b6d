"""Which terrain the layers of a session stand on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twin.model.ground import FlatGround
from twin.model.layer import LayerState
from twin.problems import Problem

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session


class Footing:
    """Chooses the ground from the first terrain of a session, shown or not.

    Parameters
    ----------
    session : Session
    build : callable
        Builds a layer again that stands on another ground now.
    """

    def __init__(self, session: Session, build: Callable[[LayerRuntime], None]) -> None:
        self._session = session
        self._build = build
        self._chosen: str | None = None

    def gives(self, runtime: LayerRuntime) -> bool:
        """Whether a layer gives the ground: known from its manifest until it is made."""
        if runtime.layer is not None:
            return hasattr(runtime.layer, "ground")
        declared = self._session.registry.layer_types.get(runtime.spec.type)
        return declared is not None and declared.ground

    def is_there_for(self, runtime: LayerRuntime) -> bool:
        """Whether a layer need not wait for a terrain any more."""
        return self._chosen is not None or self.gives(runtime)

    def settle(self) -> None:
        """Choose again; what stands on another ground than before is built anew."""
        session = self._session
        if any(self.gives(r) and r.state is LayerState.LOADING for r in session.layers()):
            return
        found = next((r for r in session.layers() if r.ground is not None), None)
        name = found.spec.id if found else ""
        self._name_others(name)
        ground = found.ground if found and found.ground is not None else FlatGround()
        if name == self._chosen and (found is None or ground is session.ground):
            return
        self._chosen = name
        session.set_ground(ground)
        for runtime in session.layers():
            self._build(runtime)

    def _name_others(self, chosen: str) -> None:
        """Say of every further terrain that nothing stands on it: tiles of one model look alike on screen."""
        for runtime in self._session.layers():
            other = runtime.ground is not None and runtime.spec.id != chosen
            values = {"ground": chosen}
            told = (Problem("layer.not_the_ground", runtime.spec.id, values),) if other else ()
            if told != runtime.ground_problems:
                runtime.ground_problems = told
                self._session.changed(runtime, "problems")
