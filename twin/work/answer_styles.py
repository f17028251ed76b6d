"""How the layer of an answer is coloured."""

from __future__ import annotations

from collections.abc import Container

from twin.analysis.indicator_words import words
from twin.drawables import Text
from twin.model.style import Categories, Category, Graduated, Rule, Style

SUN_BREAKS_H = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
CHANGE_BREAKS_H = (-4.0, -2.0, -1.0, -0.25, 0.25, 1.0, 2.0, 4.0)
CHANGE_BREAKS = (-0.2, -0.1, -0.05, -0.01, 0.01, 0.05, 0.1, 0.2)
SHARE_BREAKS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
SEEN, UNSEEN = "#d95f02", "#c9ccd0"
GAINED, LOST = "#1b7f6b", "#7b3294"
RED = "#d7191c"
BLUE = "#2b6cb0"
SUNNY, DIVERGING, VIEWS = "lajolla", "vik", "batlow"

SUN = Style(
    rule=Graduated(column="sun_h", breaks=SUN_BREAKS_H, ramp=SUNNY, unit="h"),
    title=words("Hours of sun", "Heures de soleil", "일조 시간", "ساعات الشمس"),
)
SUN_CHANGE = Style(
    rule=Graduated(column="difference_h", breaks=CHANGE_BREAKS_H, ramp=DIVERGING, unit="h"),
    title=words(
        "Sun gained or lost",
        "Soleil gagné ou perdu",
        "늘거나 줄어든 일조",
        "الشمس المكتسبة أو المفقودة",
    ),
)
SHADE = Style(
    rule=Graduated(column="shadow_h", breaks=SUN_BREAKS_H, ramp="davos", unit="h"),
    title=words("Hours of shadow", "Heures d’ombre", "그늘 시간", "ساعات الظل"),
)
ENERGY = Style(
    rule=Graduated(column="kwh_m2", classes=7, ramp=SUNNY, unit="kWh/m²"),
    title=words(
        "Solar energy of a year",
        "Énergie solaire annuelle",
        "연간 태양 에너지",
        "طاقة الشمس في السنة",
    ),
)
MONUMENT = words(
    "How much of it is seen", "Part visible du monument", "보이는 정도", "مقدار ما يُرى منه"
)
SKY = words("Sky in the view", "Ciel dans la vue", "시야 속 하늘", "السماء في المنظر")
DIFFERENCE = words(": difference", " : écart", ": 차이", ": الفرق")


def _category(value: str, colour: str, label: Text) -> Category:
    return Category(value=value, colour=colour, label=label)


ENVELOPE = Style(
    rule=Categories(
        column="part",
        categories=(
            _category("excess", RED, words("exceeds", "dépasse", "초과", "يتجاوز")),
            _category("envelope", BLUE, words("envelope", "gabarit", "건축 한계", "الغلاف")),
        ),
    ),
    title=words("Zoning envelope", "Gabarit du règlement", "용도지역 건축 한계", "الغلاف التنظيمي"),
)
SIGHT = Style(
    rule=Categories(
        column="visible",
        categories=(
            _category("True", SEEN, words("seen", "vu", "보임", "يُرى")),
            _category("False", UNSEEN, words("not seen", "non vu", "보이지 않음", "لا يُرى")),
        ),
    ),
    title=words("Seen", "Visibilité", "보임", "مرئي"),
)
SIGHT_CHANGE = Style(
    rule=Categories(
        column="change",
        categories=(
            _category("gained", GAINED, words("seen now", "désormais vu", "새로 보임", "صار يُرى")),
            _category(
                "lost",
                LOST,
                words("no longer seen", "masqué", "더 이상 보이지 않음", "لم يعد يُرى"),
            ),
            _category("same", UNSEEN, words("as before", "inchangé", "이전과 같음", "كما كان")),
        ),
    ),
    title=words(
        "What is seen: difference", "Visibilité : écart", "보이는 것: 차이", "ما يُرى: الفرق"
    ),
)


def style_of(kind: str, columns: Container[str]) -> Style:
    """Return the style of an answer: of what differs, where it has a before."""
    if kind in ("sun", "facades"):
        return SUN_CHANGE if "difference_h" in columns else SUN
    if kind == "monument":
        return _share("seen_share", MONUMENT, columns)
    if kind == "view":
        return _share("sky", SKY, columns)
    usual = SIGHT_CHANGE if "change" in columns else SIGHT
    return {"shade": SHADE, "irradiation": ENERGY, "zoning": ENVELOPE}.get(kind, usual)


def _share(column: str, told: Text, columns: Container[str]) -> Style:
    rule: Rule = Graduated(column=column, breaks=SHARE_BREAKS, ramp=VIEWS)
    if f"{column}_difference" in columns:
        rule = Graduated(column=f"{column}_difference", breaks=CHANGE_BREAKS, ramp=DIVERGING)
        told = {lang: f"{word}{DIFFERENCE[lang]}" for lang, word in told.items()}
    return Style(rule=rule, title=told)
