"""How the layer of an answer is coloured."""

from __future__ import annotations

from collections.abc import Container

from twin.model.style import Categories, Category, Graduated, Style

SUN_BREAKS_H = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
CHANGE_BREAKS_H = (-4.0, -2.0, -1.0, -0.25, 0.25, 1.0, 2.0, 4.0)
CHANGE_BREAKS = (-0.2, -0.1, -0.05, -0.01, 0.01, 0.05, 0.1, 0.2)
SHARE_BREAKS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
SEEN, UNSEEN = "#d95f02", "#c9ccd0"
GAINED, LOST = "#1b7f6b", "#7b3294"
RED = "#d7191c"
BLUE = "#2b6cb0"
SUNNY, DIVERGING, VIEWS = "lajolla", "vik", "batlow"


def style_of(kind: str, columns: Container[str]) -> Style:
    """Return the style of an answer: of what differs, where it has a before."""
    if kind in ("sun", "facades"):
        return _hours(columns)
    if kind == "shade":
        return Style(
            rule=Graduated(column="shadow_h", breaks=SUN_BREAKS_H, ramp="davos", unit="h"),
            title={
                "en": "Hours of shadow",
                "fr": "Heures d’ombre",
                "ko": "그늘 시간",
                "ar": "ساعات الظل",
            },
        )
    if kind == "irradiation":
        return Style(
            rule=Graduated(column="kwh_m2", classes=7, ramp=SUNNY, unit="kWh/m²"),
            title={
                "en": "Solar energy of a year",
                "fr": "Énergie solaire annuelle",
                "ko": "연간 태양 에너지",
                "ar": "طاقة الشمس في السنة",
            },
        )
    if kind in ("monument", "view"):
        return _shares(kind, columns)
    if kind == "zoning":
        red = Category(
            value="excess",
            colour=RED,
            label={"en": "exceeds", "fr": "dépasse", "ko": "초과", "ar": "يتجاوز"},
        )
        blue = Category(
            value="envelope",
            colour=BLUE,
            label={"en": "envelope", "fr": "gabarit", "ko": "건축 한계", "ar": "الغلاف"},
        )
        return Style(
            rule=Categories(column="part", categories=(red, blue)),
            title={
                "en": "Zoning envelope",
                "fr": "Gabarit du règlement",
                "ko": "용도지역 건축 한계",
                "ar": "الغلاف التنظيمي",
            },
        )
    return _seen(columns)


def _hours(columns: Container[str]) -> Style:
    if "difference_h" in columns:
        return Style(
            rule=Graduated(column="difference_h", breaks=CHANGE_BREAKS_H, ramp=DIVERGING, unit="h"),
            title={
                "en": "Sun gained or lost",
                "fr": "Soleil gagné ou perdu",
                "ko": "늘거나 줄어든 일조",
                "ar": "الشمس المكتسبة أو المفقودة",
            },
        )
    return Style(
        rule=Graduated(column="sun_h", breaks=SUN_BREAKS_H, ramp=SUNNY, unit="h"),
        title={
            "en": "Hours of sun",
            "fr": "Heures de soleil",
            "ko": "일조 시간",
            "ar": "ساعات الشمس",
        },
    )


def _shares(kind: str, columns: Container[str]) -> Style:
    column = "seen_share" if kind == "monument" else "sky"
    told = {
        "en": "How much of it is seen",
        "fr": "Part visible du monument",
        "ko": "보이는 정도",
        "ar": "مقدار ما يُرى منه",
    }
    if kind == "view":
        told = {
            "en": "Sky in the view",
            "fr": "Ciel dans la vue",
            "ko": "시야 속 하늘",
            "ar": "السماء في المنظر",
        }
    if f"{column}_difference" in columns:
        told = {"en": f"{told['en']}: difference", "fr": f"{told['fr']} : écart"}
        rule = Graduated(column=f"{column}_difference", breaks=CHANGE_BREAKS, ramp=DIVERGING)
        return Style(rule=rule, title=told)
    return Style(rule=Graduated(column=column, breaks=SHARE_BREAKS, ramp=VIEWS), title=told)


def _seen(columns: Container[str]) -> Style:
    if "change" in columns:
        made = (
            Category(
                value="gained",
                colour=GAINED,
                label={"en": "seen now", "fr": "désormais vu", "ko": "새로 보임", "ar": "صار يُرى"},
            ),
            Category(
                value="lost",
                colour=LOST,
                label={
                    "en": "no longer seen",
                    "fr": "masqué",
                    "ko": "더 이상 보이지 않음",
                    "ar": "لم يعد يُرى",
                },
            ),
            Category(
                value="same",
                colour=UNSEEN,
                label={"en": "as before", "fr": "inchangé", "ko": "이전과 같음", "ar": "كما كان"},
            ),
        )
        return Style(
            rule=Categories(column="change", categories=made),
            title={
                "en": "What is seen: difference",
                "fr": "Visibilité : écart",
                "ko": "보이는 것: 차이",
                "ar": "ما يُرى: الفرق",
            },
        )
    yes = Category(
        value="True", colour=SEEN, label={"en": "seen", "fr": "vu", "ko": "보임", "ar": "يُرى"}
    )
    no = Category(
        value="False",
        colour=UNSEEN,
        label={"en": "not seen", "fr": "non vu", "ko": "보이지 않음", "ar": "لا يُرى"},
    )
    return Style(
        rule=Categories(column="visible", categories=(yes, no)),
        title={"en": "Seen", "fr": "Visibilité", "ko": "보임", "ar": "مرئي"},
    )
