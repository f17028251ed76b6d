"""A story of the toy town, in two languages, with an aside."""

from __future__ import annotations

from datetime import UTC, datetime

from twin.model.story import Branch, Camera, Figure, Motion, Stop, Story, Transition

SOUTH = Camera(position=(0.0, -260.0, 120.0), target=(0.0, 0.0, 10.0))
LOW_WEST = Camera(position=(-160.0, 0.0, 3.0), target=(0.0, 0.0, 10.0))
LOW_EAST = Camera(position=(160.0, 40.0, 3.0), target=(0.0, 0.0, 10.0), xray=True)
AT = datetime(2026, 6, 21, 9, 0, tzinfo=UTC)


def story() -> Story:
    """Return it."""
    return Story(
        id="tour",
        title={"en": "A tour", "ko": "둘러보기", "ar": "جولة"},
        languages=("en", "ko", "ar"),
        stops=(
            Stop(
                id="south",
                title={"en": "From the south", "ko": "남쪽에서", "ar": "من الجنوب"},
                text={"en": "Four houses.", "ko": "집 네 채.", "ar": "أربعة منازل."},
                camera=SOUTH,
                at=AT,
                layers=("ground", "houses"),
                figures=(
                    Figure(
                        label={"en": "houses", "ko": "집", "ar": "منازل"},
                        value=1234.5,
                        unit="m2",
                        source="Nobody",
                        date="2026",
                    ),
                ),
                hold_s=4.0,
                branches=(
                    Branch(title={"en": "The pipe", "ko": "관", "ar": "الأنبوب"}, stop="pipe"),
                ),
            ),
            Stop(
                id="west",
                title={"en": "Low in the west", "ko": "서쪽 낮게", "ar": "منخفض غربًا"},
                camera=LOW_WEST,
                layers=("ground", "houses"),
                motion=Motion(kind="orbit", degrees=90.0),
                transition=Transition(duration_s=2.0),
                hold_s=4.0,
            ),
            Stop(
                id="east",
                title={"en": "Low in the east", "ko": "동쪽 낮게", "ar": "منخفض شرقًا"},
                camera=LOW_EAST,
                transition=Transition(duration_s=2.0),
                hold_s=4.0,
            ),
            Stop(
                id="pipe",
                title={"en": "The pipe", "ko": "관", "ar": "الأنبوب"},
                camera=LOW_EAST,
                layers=("ground", "pipe"),
                aside=True,
            ),
        ),
    )
