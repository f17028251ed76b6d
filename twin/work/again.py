"""What the layers of a session need not make again: their answers, kept on disk under what they follow from."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from twin.model.ground import Ground
from twin.model.layer import LayerSpec, ViewQuery
from twin.model.plans import Changes
from twin.work import sameness
from twin.work.jobs import Job
from twin.work.prepared import WORTH_S, Prepared
from twin.work.runtime import Built, Read

if TYPE_CHECKING:
    from twin.work.session import Session

Answer = TypeVar("Answer", Read, Built)


class Again:
    """Answers of a session's layers by key; all but :meth:`keep` on workers.

    Parameters
    ----------
    prepared : Prepared or None
        None: everything is made again.
    """

    def __init__(self, session: Session, prepared: Prepared | None) -> None:
        self._session = session
        self._prepared = prepared
        self._new: list[tuple[str, Read | Built]] = []
        self._grounds: tuple[Ground, str | None] | None = None

    def key_of_load(self, spec: LayerSpec, changes: Changes) -> str | None:
        """Return the key of what a layer loads, None where it may not be kept."""
        session = self._session
        declared = session.registry.layer_types.get(spec.type)
        if self._prepared is None or changes or declared is None or not declared.repeatable:
            return None
        standing = session.registry.standing(spec.type)
        return sameness.key_of_load(spec, session.folder, session.project.frame, standing)

    def key_of_build(self, loaded: str | None, params: Any, view: ViewQuery) -> str | None:
        """Return the key of what a layer builds from a table with a key, None where it may not be kept."""
        if loaded is None:
            return None
        grounds = self._grounds
        if grounds is None or grounds[0] is not view.ground:
            grounds = self._grounds = (view.ground, sameness.key_of_ground(view.ground))
        values = None if params is None else dataclasses.asdict(params)
        return sameness.key_of_build(loaded, (grounds[1], values, view.variant, view.lod))

    def get(self, key: str | None, make: Callable[[], Answer]) -> Answer:
        """Return the answer of a key, made anew if it is not kept."""
        if key is None or self._prepared is None:
            return make()
        kept = self._prepared.take(key)
        if kept is not None:
            name, values = kept
            kept_answer: Answer = {"Read": Read, "Built": Built}[name](**values)
            return kept_answer
        started = time.perf_counter()
        answer = make()
        if time.perf_counter() - started > WORTH_S:
            self._new.append((key, answer))
        return answer

    def keep(self) -> None:
        """Write what is new to disk, on a worker: called when nothing more urgent is to be done."""
        new, self._new = self._new, []
        prepared = self._prepared
        if not new or prepared is None:
            return

        def work(job: Job) -> None:
            for key, answer in new:
                job.check_cancelled()
                fields = dataclasses.fields(answer)
                values = {f.name: getattr(answer, f.name) for f in fields}
                prepared.keep(key, (type(answer).__name__, values))

        job = Job("job.keep", "")
        self._session.jobs.run(job, work, done=_nothing, failed=_nothing, waits=True)


def lasting(read: Read) -> bool:
    """Whether a table came from the files of its layer alone: textures lie beside, where nobody looks."""
    return read.table.mesh is None or not read.table.mesh.textures


def _nothing(_answer: object) -> None:
    """Keep silent: what could not be kept is made again."""
