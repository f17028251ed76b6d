"""The work of the desk: questions go to jobs, answers come back as signals on the window's thread."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path
from PySide6.QtCore import QObject, Signal

from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.model.table import Provenance, Quality
from twin.network import result_layer
from twin.network.chargers import Charger
from twin.network.chargers import read as read_chargers
from twin.network.model import VACUUM, NetworkError
from twin.network.profiles import moments
from twin.network.run import Data, Run, run
from twin.network.solving import with_flow
from twin.network.whatif import Change
from twin.problems import Problem
from twin.work.file_systems import run_file
from twin.work.jobs import Job
from twin.work.systems import System
from ui.networks.questions import (
    RESULT,
    Cut,
    FeatureRef,
    Layers,
    Town,
    Traced,
    cut,
    layers_of,
    served,
    town_of,
    traces,
)

if TYPE_CHECKING:
    from twin.work.session import Session

MOST_RUNS = 12


class Bench(QObject):
    """What is known of the networks of a session, and what was computed."""

    traced = Signal(object)
    """A list of :class:`~ui.networks.questions.Traced`."""
    was_cut = Signal(object)
    """A :class:`~ui.networks.questions.Cut`."""
    solved = Signal(object)
    """A :class:`~twin.network.run.Run`."""
    failed = Signal(object)
    """A Problem."""
    busy = Signal(bool)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.town = Town()
        self.runs: list[Run] = []
        self._results: dict[str, System] = {}
        self._job: Job | None = None

    def trace(self, feature: FeatureRef) -> None:
        """Trace from a feature."""
        self._ask("job.trace", feature[1], lambda town, _job: traces(town, feature), self.traced)

    def locate(self, feature: FeatureRef, then: Callable[[FeatureRef], None]) -> None:
        """Say what in a network a feature stands for: itself, or the device that serves a building."""
        self._ask("job.trace", feature[1], lambda town, _job: served(town, feature), then)

    def cut(self, features: Sequence[FeatureRef]) -> None:
        """Take features out of service."""
        names = ", ".join(name for _, name in features[:3])
        self._ask("job.outage", names, lambda town, _job: cut(town, features), self.was_cut)

    def solve(
        self,
        feature: FeatureRef,
        *,
        steps: int,
        changes: Sequence[Change] = (),
        prices: Mapping[str, float] | None = None,
        chargers: tuple[Path, Path | None] | None = None,
        mode: str = "",
    ) -> None:
        """Solve the network of a feature over a day; the result becomes a layer.

        Parameters
        ----------
        chargers : (Path, Path or None)
            Files of charging points that are to hang on it, and of their state.
        mode : str
            ``unbalanced``: each of three phases for itself, of a file that says what that needs.
        """
        at, number = self.session.clock.at, len(self.runs) + 1

        def work(town: Town, job: Job) -> tuple[Run, System, tuple[Path, Path]]:
            system = self._system(town, feature)
            done = self._run(
                system, at, job, steps=steps, name=str(number), changes=changes, prices=prices,
                points=read_chargers(*chargers) if chargers else (), mode=mode,
            )  # fmt: skip
            assert system.table is not None  # noqa: S101 - systems of a session have tables
            folder, name = self._place(system.network.id, number)
            return done, system, result_layer.write(done, system.table, folder, name)

        def finished(answer: Any) -> None:
            done, system, paths = answer
            self.runs = [*self.runs, done][-MOST_RUNS:]
            self._show(done, system, paths)
            self.solved.emit(done)

        self._ask("job.solve", feature[0], work, finished)

    @staticmethod
    def _run(
        system: System,
        at: datetime,
        job: Job,
        *,
        steps: int,
        points: Sequence[Charger],
        mode: str,
        **more: Any,
    ) -> Run:
        """Solve a file as its library does; anything changed, or drawn by us, by our own recipe."""
        if system.file is not None and not more["changes"] and not points:
            return run_file(
                system.file, system.network, at, name=more["name"], mode=mode, progress=job
            )
        if mode:
            raise NetworkError("network.phases_of_files", system.network.id)
        data = Data(timeline=system.timeline, row_of=system.row_of, chargers=points)
        return run(system.network, moments(at, steps), data, progress=job, **more)

    def cancel(self) -> None:
        """Stop what is being computed."""
        if self._job is not None:
            self._job.cancel()
            self._settle()

    def _system(self, town: Town, feature: FeatureRef) -> System:
        found = town.base(*feature)
        return found if found is not None else traces(town, feature)[0].system

    def _ask(
        self,
        title: str,
        where: str,
        work: Callable[[Town, Job], Any],
        then: Callable[[Any], None] | Any,
    ) -> None:
        """Run a question on a worker, with the networks built again if a layer has changed."""
        layers, known = layers_of(self.session), self.town
        job = Job(title, where)

        def answer(job: Job) -> tuple[Town, Any]:
            town = known if known.key == layers.key and known.systems else _built(layers)
            town = replace(town, results=dict(self._results))
            return town, work(town, job)

        def done(found: tuple[Town, Any]) -> None:
            self._settle()
            self.town = found[0]
            then.emit(found[1]) if hasattr(then, "emit") else then(found[1])

        def failed(problem: Problem) -> None:
            self._settle()
            self.failed.emit(problem)

        self._job = job
        self.busy.emit(True)
        self.session.jobs.run(job, answer, done=done, failed=failed)

    def _settle(self) -> None:
        self._job = None
        self.busy.emit(False)

    def _place(self, network: str, number: int) -> tuple[Path, str]:
        """Return where the files of a run go: not into the project, which may be read-only."""
        key = hashlib.sha256(str(self.session.folder).encode()).hexdigest()[:12]
        folder = user_cache_path("belvedere") / "networks" / key
        return folder, f"{network.replace('.', '-')}-run-{number}"

    def _show(self, done: Run, system: System, paths: tuple[Path, Path]) -> None:
        """Add the result as a layer above that of its network; can be undone."""
        spec = self.session.layer(system.layer).spec
        name = _free_id(self.session.project, f"{spec.id}_run_{done.name}")
        self.session.do(
            "command.networks.solve", lambda p: _with_result(p, spec, done, paths, name)
        )
        flowing = with_flow(done.network, done.solution)
        table = self.session.layer(name).table or system.table
        self._results[name] = replace(system, network=flowing, layer=name, table=table)


def _built(layers: Layers) -> Town:
    return town_of(layers)


def _with_result(
    project: Project, spec: LayerSpec, done: Run, paths: tuple[Path, Path], name: str
) -> Project:
    """Return the project with the result of a run in front, its network's own layer hidden."""
    simulated = Provenance(source="pandapower / pandapipes", quality=Quality.SIMULATED)
    words = {
        "en": "computed, run {n}",
        "fr": "calculé, essai {n}",
        "ko": "계산, {n}차",
        "ar": "محسوب، التشغيل {n}",
    }
    title = {
        lang: f"{spec.title.get(lang) or spec.title.get('en', spec.id)} ({word.format(n=done.name)})"
        for lang, word in words.items()
    }
    notice = {
        "en": "Computed flow; demands and parameters that nobody states are estimated (docs/networks.md).",
        "fr": "Écoulement calculé ; besoins et paramètres non déclarés sont estimés (docs/networks.md).",
        "ko": "계산된 흐름. 명시되지 않은 수요와 매개변수는 추정값입니다(docs/networks.md).",
        "ar": "جريان محسوب؛ الطلب والمعاملات غير المصرّح بها مقدّرة (docs/networks.md).",
    }
    computed = {
        "features": Source(path=str(paths[0]), provenance=simulated),
        "series": Source(path=str(paths[1]), provenance=simulated),
    }
    # Which inlet is emptied when, and the air that this takes, is played by the layer of the tubes itself.
    air = done.network.commodity == VACUUM
    made = replace(
        spec,
        id=name,
        title=title,
        sources=spec.sources if air else computed,
        params=spec.params if air else {**spec.params, "repeat_day": True},
        style=None,
        visible=True,
        notice=notice,
    )
    layers = []
    for layer in project.layers:
        older = RESULT.sub("", layer.id) == spec.id
        layers.append(replace(layer, visible=False) if older else layer)
        if layer.id == spec.id:
            layers.append(made)
    return replace(project, layers=tuple(layers))


def _free_id(project: Project, wanted: str) -> str:
    taken = {layer.id for layer in project.layers}
    return next(n for n in (wanted, *(f"{wanted}_{i}" for i in range(2, 1000))) if n not in taken)


__all__ = ["Bench", "Cut", "Traced"]
