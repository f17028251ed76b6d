"""The first features of a large file, read and built before the rest: something to look at within a second."""

from __future__ import annotations

from pathlib import Path

from twin import io
from twin.errors import BelvedereError, Cancelled
from twin.model.layer import LayerSpec, ViewQuery
from twin.work import runtime as rt
from twin.work.context import JobContext, resolve
from twin.work.jobs import Job
from twin.work.runtime import Built, Loaded, Made

ROWS = 2_500
"""So many buildings fill the screen, and are read and built in a tenth of a second."""


def first_sight(
    spec: LayerSpec, folder: Path, made: Made, view: ViewQuery, job: Job
) -> tuple[Loaded, Built] | None:
    """Return the first rows of a layer and what they look like, None where all is there as quickly.

    What is wrong with them is not told: the whole will tell it.
    """
    source = next(iter(spec.sources.values()), None)
    try:
        if source is None or not io.gives_first(resolve(folder, source)):
            return None
        quiet = Job(job.title, job.where)
        more = {"first": ROWS}
        context = JobContext(spec, folder, view.frame, made.params, quiet, more=more)
        loaded = rt.loaded(rt.read(context, made), spec, made, view.at, None)
        job.check_cancelled()
        built = rt.build(made.layer, loaded.read.table, made.params, view, spec.id)
    except Cancelled:
        raise
    except (BelvedereError, ValueError, TypeError, KeyError, IndexError):
        return None  # the whole will say what is wrong
    return loaded, built
