"""Looking addresses and parcels up: asked of services only when the user asks, answers kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.services.addresses import Found
    from twin.work.jobs import Job

FINDERS = Path(__file__).resolve().parents[2] / "assets" / "services" / "finders.toml"
FOLDER = "addresses"


def lookup(
    text: str, folder: Path, near: tuple[float, float], *, finders: Path = FINDERS
) -> Callable[[Job], list[Found]]:
    """Return the work of a job that looks a text up.

    Parameters
    ----------
    folder : Path
        State of the user account, where answers are kept.
    near : tuple of 2 float
        Longitude and latitude of the scene.
    """

    def work(job: Job) -> list[Found]:
        from twin.services.addresses import look_up
        from twin.services.catalogue import read_catalogue
        from twin.services.client import HttpClient

        with HttpClient(folder / FOLDER, job) as http:
            return look_up(text, read_catalogue(finders).places, http, job, near=near)

    return work
