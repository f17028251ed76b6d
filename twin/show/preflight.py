"""What a show needs, checked before it begins: each item green, amber or red, with what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import BelvedereError
from twin.model.layer import LayerState
from twin.model.project import Project
from twin.model.story import Stop, files_of, missing_texts
from twin.problems import Problem, Severity
from twin.work.context import resolve

if TYPE_CHECKING:
    from twin.show.staging import Director
    from twin.work.session import Session

SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "software", "microsoft basic")
"""Names of renderers that draw without a graphics card."""
SMOOTH_MS, SLOW_MS = 66.0, 10_000.0
ROOM_MB = 1_500.0
"""Memory that should be left once all is loaded."""
TIGHT_MB = 300.0


class Light(StrEnum):
    """How an item stands."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


_SEVERITY = {Light.GREEN: Severity.INFO, Light.AMBER: Severity.WARNING, Light.RED: Severity.ERROR}
_ORDER = (Light.GREEN, Light.AMBER, Light.RED)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the check; ``problem`` words what was found and what to do."""

    id: str
    light: Light
    problem: Problem


def worst(items: Iterable[Item]) -> Light:
    """Return the worst light of all."""
    return max((item.light for item in items), key=_ORDER.index, default=Light.GREEN)


def item(name: str, light: Light, where: str = "", /, **values: Any) -> Item:
    """Return an item; its wording has the key ``check.<name>.<light>``."""
    problem = Problem(f"check.{name}.{light.value}", where, values, _SEVERITY[light])
    return Item(id=name, light=light, problem=problem)


def check_files(project: Project, folder: Path) -> Iterator[Item]:
    """Yield what is missing on disk and what needs the network."""
    told = {layer for stop in _stops(project) for layer in (stop.layers or ())}
    missing = 0
    for spec in project.layers:
        for source in spec.sources.values():
            if "://" in source.path:
                yield item("network", Light.AMBER, spec.id, address=source.path.split("?")[0])
            elif not _exists(folder, source):
                missing += 1
                light = Light.RED if spec.id in told or spec.visible else Light.AMBER
                yield item("files", light, spec.id, file=source.path)
    for feed in getattr(project, "feeds", ()):
        yield item("network", Light.AMBER, str(feed.id), address=str(feed.url).split("?")[0])
    for stop in _stops(project):
        for path in files_of(stop):
            if not (folder / path).exists():
                missing += 1
                yield item("files", Light.RED, stop.id, file=path)
    if not missing:
        yield item("files", Light.GREEN)


def check_stories(project: Project) -> Iterator[Item]:
    """Yield what stories name that is not there, and texts that are missing in a language."""
    if not project.stories:
        yield item("stories", Light.AMBER)
        return
    layers = {spec.id for spec in project.layers}
    variants = {variant.id for variant in project.variants}
    wrong = 0
    for story in project.stories:
        for stop in story.stops:
            beside = stop.beside
            told = set(stop.layers or ())
            shown = {stop.variant}
            if beside is not None and not beside.project:
                told |= set(beside.layers or ())
                shown.add(beside.variant)
            unknown = sorted((told - layers) | (shown - variants - {""}))
            if unknown:
                wrong += 1
                named = ", ".join(unknown[:5])
                yield item("stories", Light.RED, f"{story.id}/{stop.id}", names=named)
        lacking = missing_texts(story)
        if lacking:
            languages = ", ".join(sorted({language for _, language in lacking}))
            yield item(
                "translations", Light.AMBER, story.id, count=len(lacking), languages=languages
            )
        else:
            languages = ", ".join(story.languages)
            yield item("translations", Light.GREEN, story.id, languages=languages)
    if not wrong:
        yield item("stories", Light.GREEN, count=len(project.stories))


def check_plugins(wanted: Mapping[str, str], there: Mapping[str, str]) -> Iterator[Item]:
    """Yield plugins of another version than those a pack was made with."""
    differing = {name: version for name, version in wanted.items() if there.get(name) != version}
    for name, version in sorted(differing.items()):
        found = there.get(name, "")
        light = Light.AMBER if found else Light.RED
        yield item("plugins", light, name, wanted=version, found=found or "–")
    if not differing:
        yield item("plugins", Light.GREEN)


def check_layers(session: Session) -> Iterator[Item]:
    """Yield layers that could not be loaded, whole or in part."""
    told = {layer for stop in _stops(session.project) for layer in (stop.layers or ())}
    bad = 0
    for runtime in session.layers():
        if runtime.state is LayerState.FAILED:
            bad += 1
            light = Light.RED if runtime.spec.id in told or runtime.spec.visible else Light.AMBER
            yield item("layers", light, runtime.spec.id)
        elif runtime.state is LayerState.PARTIAL:
            bad += 1
            yield item("layers", Light.AMBER, runtime.spec.id)
    if not bad:
        yield item("layers", Light.GREEN, count=len(session.layers()))


def check_selections(session: Session) -> Iterator[Item]:
    """Yield features that stops select and that are not there."""
    for story in session.project.stories:
        for stop in story.stops:
            named = (*stop.selection, *(r for r in (stop.chart, stop.motion.subject) if r))
            for layer_id, feature_id in named:
                if not _has(session, layer_id, feature_id):
                    where = f"{story.id}/{stop.id}"
                    yield item("features", Light.AMBER, where, feature=f"{layer_id}/{feature_id}")


def check_memory() -> Item:
    """Return how much memory is left, everything loaded."""
    left = available_mb()
    if left is None:
        return item("memory", Light.AMBER, "–", left=0)
    light = Light.GREEN if left > ROOM_MB else Light.AMBER if left > TIGHT_MB else Light.RED
    return item("memory", light, left=round(left))


def check_renderer(name: str) -> Item:
    """Return whether there is a graphics card; without one a show is slower, not impossible."""
    soft = not name or any(word in name.casefold() for word in SOFTWARE)
    return item("graphics", Light.AMBER if soft else Light.GREEN, renderer=name or "–")


def check_frames(
    director: Director, project: Project, *, stop_now: Callable[[], bool] | None = None
) -> Iterator[Item]:
    """Yield how long a frame of each stop takes, measured on this machine."""
    for story in project.stories:
        for stop in story.stops:
            if stop_now is not None and stop_now():
                return
            took = _frame_ms(director, stop)
            light = Light.GREEN if took <= SMOOTH_MS else Light.AMBER
            if took > SLOW_MS:
                light = Light.RED
            yield item("frames", light, f"{story.id}/{stop.id}", ms=round(took))


def _frame_ms(director: Director, stop: Stop) -> float:
    director.set(stop)
    director.draw(fine=False)  # once, to bring everything to the graphics card
    started = time.perf_counter()
    director.stage.camera.orbit(0.5, 0.0)
    director.draw(fine=False)
    director.stage.image_rgba()
    return (time.perf_counter() - started) * 1000.0


def _stops(project: Project) -> Iterator[Stop]:
    for story in project.stories:
        yield from story.stops


def _exists(folder: Path, source: Any) -> bool:
    try:
        return resolve(folder, source).exists()
    except BelvedereError:
        return False


def _has(session: Session, layer_id: str, feature_id: str) -> bool:
    try:
        table = session.layer(layer_id).table
    except KeyError:
        return False
    return table is not None and feature_id in {str(name) for name in table.feature_ids}


def available_mb() -> float | None:
    """Return how much memory is free, None where the system does not tell."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith("MemAvailable:"):
            return float(line.split()[1]) / 1024.0
    return None
