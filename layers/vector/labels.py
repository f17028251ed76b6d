"""Texts at features, in every language the table has them in."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.vector import points
from layers.vector.values import AREA, LINE, Job, Places
from twin import api
from twin.api import shapes

LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt", "ar", "ko", "zh", "ja")
USUAL_HEIGHT_M = 4.0


def columns_of(job: Job) -> dict[str, str]:
    """Return the label columns by language; the language ``""`` stands for all others."""
    column = job.params.label_column
    present = set(map(str, job.table.frame.columns))
    stem = column
    for language in LANGUAGES:
        stem = stem.removesuffix(f"_{language}").removesuffix(f":{language}")
    found = {
        lang: name
        for lang in LANGUAGES
        for name in (f"{stem}_{lang}", f"{stem}:{lang}")
        if name in present
    }
    if column in present and column not in found.values():
        found[""] = column
    return found


def draw(job: Job) -> list[api.Drawable]:
    """Return the labels, none when no column is named."""
    by_language = columns_of(job) if job.params.label_column else {}
    if not by_language:
        return []
    texts = _texts(job, by_language)
    anchors, weight = _anchors(job)
    has_text = np.array([bool(texts[row]) for row in anchors.rows], dtype=bool)
    anchors, weight = anchors.only(has_text), weight[has_text]
    if not len(anchors):
        return []
    xyz = points.placed(job, anchors)
    xyz[:, 2] += _above(job)[anchors.rows]
    return [
        api.Labels(
            xyz_in_scene=xyz.astype(np.float32),
            texts=tuple(texts[row] for row in anchors.rows),
            rank=_ranks(job, anchors, weight),
            row_of_label=anchors.rows,
            max_distance_m=job.params.label_max_distance_m,
            kind=job.params.label_kind,
        )
    ]


def _texts(job: Job, by_language: dict[str, str]) -> list[dict[str, str]]:
    columns = {language: job.texts(name) for language, name in by_language.items()}
    texts: list[dict[str, str]] = []
    for row in range(len(job.table)):
        text = {lang: str(values[row]) for lang, values in columns.items() if lang and values[row]}
        usual = str(columns[""][row]) if "" in columns else ""
        if usual:
            for language in ("fr", "en"):
                text.setdefault(language, usual)
        texts.append(text)
    return texts


def _anchors(job: Job) -> tuple[Places, shapes.Float64]:
    """One anchor for each row: its largest part; and how large that is."""
    areas, lines = job.parts[AREA], job.parts[LINE]
    inside = shapely.point_on_surface(areas.geometry)
    middle = shapely.line_interpolate_point(lines.geometry, 0.5, normalized=True)
    places = job.points.and_those_of(middle, lines.rows).and_those_of(inside, areas.rows)
    size = np.concatenate(
        [
            np.zeros(len(job.points)),
            shapely.length(lines.geometry) / 10,
            np.sqrt(shapely.area(areas.geometry)),
        ]
    )
    order = np.lexsort([-size, places.rows])
    first = order[np.diff(places.rows[order], prepend=-1) > 0]
    return places.only(first), size[first]


def _above(job: Job) -> shapes.Float64:
    """How high above the foot of its feature each label stands, (n_rows,)."""
    if job.params.label_height_m > 0:
        return np.full(len(job.table), job.params.label_height_m)
    above = np.full(len(job.table), USUAL_HEIGHT_M)
    above = np.fmax(above, job.height + 2.0)
    if job.params.glyph or job.params.glyph_column:
        above = np.maximum(above, points.glyph_sizes(job, points.glyph_names(job))[:, 2] + 1.0)
    return above


def _ranks(job: Job, anchors: Places, weight: shapes.Float64) -> NDArray[np.int32]:
    told = job.numbers(job.params.label_rank_column)[anchors.rows]
    order = np.lexsort([anchors.rows, -weight])
    by_size = np.empty(len(anchors), np.int64)
    by_size[order] = np.arange(len(anchors))
    if not np.isfinite(told).any():
        return by_size.astype(np.int32)
    # The column decides; size decides among equals and comes last where the column is silent.
    told = np.where(np.isfinite(told), told, np.inf)
    ranks = np.empty(len(anchors), np.int32)
    ranks[np.lexsort([by_size, told])] = np.arange(len(anchors))
    return ranks
