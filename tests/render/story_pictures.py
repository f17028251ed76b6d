"""Every stop of the stories that ship, in every language, as the films have it; small, and lossily packed.

python -m tests.render.story_pictures --write              all of them anew, into tests/render/stories
python -m tests.render.story_pictures --sheets build       contact sheets to look at
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

STORED = Path(__file__).with_name("stories")
DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo"
SIZE = (640, 360)
QUALITY = 58
LANGUAGES = ("fr", "en", "ko", "ar")
Picture = NDArray[np.uint8]


def drawn(wanted: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Picture]]:
    """Yield name and picture of every stop of stories in languages; the city is loaded once."""
    from twin.export.film import Film, Plan
    from twin.render.binding import SessionStage
    from twin.render.stage import Stage
    from twin.show.staging import Director
    from twin.store.project_folder import load_project
    from twin.work.session import Session
    from ui.plugin_home import registry
    from ui.show.insets import inset_of
    from ui.show.wording import told
    from ui.text import QtTextEngine, ensure_application

    ensure_application()
    project, folder, _ = load_project(DEMO)
    session = Session(project, folder, registry())
    session.start()
    session.wait()
    text = QtTextEngine()
    stage = Stage(size=SIZE, text=text)
    binding = SessionStage(session, stage)
    try:
        for story_id, language in wanted:
            story = project.story(story_id)
            stage.set_language(language)

            def words(stop, story=story, language=language):
                return told(stop, story, project, language, folder)

            director = Director(session, binding)
            insets = partial(inset_of, session=session, language=language)
            film = Film(story, Plan(size=SIZE), director, text, words, insets=insets)
            for _ in film.shots(None, flights=False):
                pass
            for number, still in enumerate(film.stills, start=1):
                yield f"{story_id}-{number:02}-{language}", still.told
    finally:
        binding.close()
        stage.close()
        session.close()


def packed(picture: Picture) -> bytes:
    """Return a picture as WebP."""
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "WEBP", quality=QUALITY, method=6)
    return written.getvalue()


def unpacked(data: bytes) -> Picture:
    """Return the pixels of a packed picture."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def story_ids() -> list[str]:
    """Return the stories that ship."""
    from twin.synth.stories import stories

    return [story.id for story in stories()]


def _sheets(pictures: dict[str, Picture], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for story in story_ids():
        names = sorted(n for n in pictures if n.startswith(f"{story}-"))
        rows = sorted({n.split("-")[1] for n in names})
        sheet = Image.new("RGB", (SIZE[0] * len(LANGUAGES), SIZE[1] * len(rows)))
        for y, row in enumerate(rows):
            for x, language in enumerate(LANGUAGES):
                name = f"{story}-{row}-{language}"
                if name in pictures:
                    sheet.paste(Image.fromarray(pictures[name]), (x * SIZE[0], y * SIZE[1]))
        sheet.save(folder / f"{story}.jpg", quality=88)


def main() -> int:
    """Draw, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--stories", nargs="*", default=story_ids())
    options = parser.parse_args()
    wanted = [(story, language) for story in options.stories for language in LANGUAGES]
    pictures = dict(drawn(wanted))
    if options.write:
        STORED.mkdir(exist_ok=True)
        for name, picture in pictures.items():
            (STORED / f"{name}.webp").write_bytes(packed(picture))
    if options.sheets:
        _sheets(pictures, options.sheets)
    sys.stdout.write(f"{len(pictures)} pictures\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
