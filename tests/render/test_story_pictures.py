"""Every stop of the stories that ship is stored as a picture in every language; a part of them is drawn and compared.

After a wanted change of the look run ``python -m tests.render.story_pictures --write --sheets build/sheets`` and look.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.story_pictures import LANGUAGES, SIZE, STORED, drawn, story_ids, unpacked
from twin.synth.stories import stories

pytestmark = pytest.mark.render

SQUARE_PX = 8
MEAN_OFF, FAR_OFF, FAR_SHARE = 5.0, 30.0, 0.03
"""Of 255: what the whole picture may be off, and how many of its squares may be off by more."""
DRAWN = (("casablanca", "ar"), ("issygrid", "ko"))


def squares(image: np.ndarray) -> np.ndarray:
    """Return means over small squares: labels and edges may be off by a pixel."""
    height, width = (side // SQUARE_PX for side in image.shape[:2])
    cut = image[: height * SQUARE_PX, : width * SQUARE_PX].astype(float)
    return cut.reshape(height, SQUARE_PX, width, SQUARE_PX, 3).mean(axis=(1, 3))


def test_there_is_a_picture_of_every_stop_in_every_language() -> None:
    wanted = {
        f"{story.id}-{number:02}-{language}.webp"
        for story in stories()
        for number in range(1, len(story.stops) + 1)
        for language in LANGUAGES
    }
    assert {path.name for path in STORED.glob("*.webp")} == wanted
    assert sum(path.stat().st_size for path in STORED.iterdir()) < 6 * 1024 * 1024


@pytest.mark.parametrize("story", story_ids())
def test_no_stop_is_empty_and_languages_differ(story: str) -> None:
    for path in sorted(STORED.glob(f"{story}-*-fr.webp")):
        pictures = [
            unpacked(path.with_name(path.name.replace("-fr.", f"-{language}.")).read_bytes())
            for language in LANGUAGES
        ]
        for picture in pictures:
            assert picture.shape == (SIZE[1], SIZE[0], 3)
            assert picture.std() > 15.0, path.name
        for other in pictures[1:]:
            assert np.abs(pictures[0].astype(int) - other).mean() > 0.5, path.name


@pytest.mark.filterwarnings("ignore:.*offscreen.*")
def test_stops_look_as_they_are_stored() -> None:
    wrong = []
    for name, picture in drawn(DRAWN):
        stored = unpacked((STORED / f"{name}.webp").read_bytes())
        off = np.abs(squares(picture) - squares(stored)).max(axis=2)
        if off.mean() > MEAN_OFF or (off > FAR_OFF).mean() > FAR_SHARE:
            wrong.append(f"{name}: {off.mean():.1f}, {(off > FAR_OFF).mean():.3f}")
    assert not wrong, "\n".join(wrong)
