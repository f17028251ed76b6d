"""Titles and notices of the demo city in Korean and Arabic, beside the French and English of the document."""

from __future__ import annotations

from dataclasses import replace

from twin.drawables import Text
from twin.model.project import Project
from twin.synth import translated_views as views
from twin.synth.legends import worded_abroad

TITLE = ("이시레물리노, 합성 모델", "إيسي ليه مولينو، نموذج اصطناعي")
NOTICE = (
    "합성 모델: 단순화한 지형, 생성된 건물과 망, 시뮬레이션 값.",
    "نموذج اصطناعي: جغرافيا مبسّطة، ومبانٍ وشبكات مولَّدة، وقيم محاكاة.",
)
LAYERS = {
    "terrain": ("지형", "التضاريس"),
    "land": ("토지 이용", "استعمال الأرض"),
    "pavements": ("보도", "الأرصفة"),
    "roads": ("도로", "الشوارع"),
    "markings": ("노면 표시", "علامات الطريق"),
    "water": ("센강", "نهر السين"),
    "rails": ("철도", "السكك الحديدية"),
    "limit": ("시 경계", "حدود البلدية"),
    "buildings": ("건물", "المباني"),
    "surroundings": ("이웃 도시", "البلديات المجاورة"),
    "structures": ("다리, 성벽, 바지선", "جسور وأسوار ومراكب"),
    "trees": ("나무", "الأشجار"),
    "cars": ("주차된 차", "سيارات متوقفة"),
    "benches": ("벤치", "المقاعد"),
    "lamps": ("가로등", "أعمدة الإنارة"),
    "labels": ("장소", "الأماكن"),
    "labels_near": ("가까운 장소", "أماكن قريبة"),
    "street_names": ("거리 이름", "أسماء الشوارع"),
    "heat_fort": ("요새의 지열망", "شبكة الحصن الجيوحرارية"),
    "heat_town": ("쾨르 드 빌의 지열망", "شبكة كور دو فيل الجيوحرارية"),
    "grid": ("전력망", "الشبكة الكهربائية"),
    "issygrid": ("이시그리드 (지난 실험)", "إيسي غريد (تجربة منتهية)"),
    "waste_tubes": ("요새의 진공 쓰레기 수거", "الجمع الهوائي لنفايات الحصن"),
    "waste_seine": ("진공 쓰레기 수거, 보르드센", "الجمع الهوائي للنفايات، بور دو سين"),
    "metro": ("지하철", "المترو"),
    "sensors": ("센서", "المجسّات"),
    "vehicles": ("운행 중인 대중교통", "مركبات النقل السائرة"),
}
NOTICES = {
    "heat_fort": (
        "요새의 민영 지열망: 수치에는 출처가 있고, 관로는 합성, 값은 시뮬레이션.",
        "شبكة الحصن الجيوحرارية الخاصة: أرقام موثقة ومسارات اصطناعية وقيم محاكاة.",
    ),
    "heat_town": (
        "쾨르 드 빌: 35 m 깊이 15 °C 지하수, 600세대와 사무실(genieclimatique), 315세대(issy.com); 나머지는 합성.",
        "كور دو فيل: مياه 15 درجة على 35 م، 600 مسكن ومكاتب (genieclimatique)، 315 مسكنًا (issy.com)؛ والباقي اصطناعي.",
    ),
    "grid": ("합성 전력망, 시뮬레이션 값.", "شبكة كهربائية اصطناعية وقيم محاكاة."),
    "issygrid": (
        "2018년 말에 끝난 실험(2012년 시작): 지난 것으로 표시, 시뮬레이션 값.",
        "تجربة انتهت أواخر 2018 (انطلقت 2012): تُعرض كماضٍ، والقيم محاكاة.",
    ),
    "waste_tubes": (
        "투입구 115개, 관 1.78 km (monimmeuble, maisonapart, 2013); 관로는 합성.",
        "115 فتحة و1.78 كم من الأنابيب (monimmeuble، maisonapart، 2013)؛ المسارات اصطناعية.",
    ),
    "sensors": ("시뮬레이션 센서: 실제로는 없습니다.", "مجسّات محاكاة: لا وجود لها في الواقع."),
    "vehicles": (
        "지어낸 노선: 시뮬레이션 시간표에 따른 차량 위치이며 실제로는 없습니다.",
        "خطوط مختلقة: مركبات في مواضع جدول زمني محاكى؛ لا وجود لأي منها.",
    ),
}
NOTICES["waste_seine"] = (
    "이세안으로 가는 고정식 관망: 약 1 km, 건물마다 투입구 2개 (2014년 초 계획); 관로는 합성, 값은 시뮬레이션.",
    "شبكة ثابتة نحو إيسيان: نحو 1 كم وفتحتان لكل مبنى (خُطط لها مطلع 2014)؛ المسار اصطناعي والقيم محاكاة.",
)


def translated(project: Project) -> Project:
    """Return the project with the texts of this module added."""
    layers = tuple(
        replace(
            spec,
            title=_with(spec.title, LAYERS.get(spec.id) or views.SERVICES.get(spec.id)),
            notice=_with(
                spec.notice,
                views.SERVICE_NOTICE if spec.id in views.SERVICES else NOTICES.get(spec.id),
            ),
            style=worded_abroad(spec.style),
        )
        for spec in project.layers
    )
    title, notice = _with(project.title, TITLE), _with(project.notice, NOTICE)
    return replace(
        project,
        title=title,
        notice=notice,
        layers=layers,
        views=tuple(replace(v, title=_with(v.title, views.VIEWS.get(v.id))) for v in project.views),
        variants=tuple(
            replace(v, label=_with(v.label, views.VARIANTS.get(v.id))) for v in project.variants
        ),
        phases=tuple(
            replace(p, label=_with(p.label, views.PHASES.get(p.id))) for p in project.phases
        ),
    )


def _with(text: Text, more: tuple[str, str] | None) -> Text:
    return {**text, "ko": more[0], "ar": more[1]} if text and more else text
