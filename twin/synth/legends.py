"""The words of the demo city's legends in Korean and Arabic, by their English ones."""

from __future__ import annotations

from dataclasses import replace

from twin.drawables import Text
from twin.model.style import Categories, Style

Words = dict[str, tuple[str, str]]
"""English to Korean, Arabic."""

TITLES: Words = {
    "Land use": ("토지 이용", "استعمال الأرض"),
    "Pavements": ("보도", "الأرصفة"),
    "Streets": ("도로", "الشوارع"),
    "Rails": ("선로", "السكك"),
    "Use of buildings": ("건물 용도", "استعمال المباني"),
    "Structures": ("구조물", "المنشآت"),
    "Species": ("수종", "الأنواع"),
    "Parked cars": ("주차된 차", "سيارات متوقفة"),
}
BUILDINGS: Words = {
    "Flats": ("공동주택", "شقق"),
    "Houses": ("단독주택", "منازل"),
    "Offices": ("업무", "مكاتب"),
    "Shops": ("상업", "متاجر"),
    "Schools": ("교육", "تعليم"),
    "Public buildings": ("공공시설", "مبانٍ عامة"),
    "Industry": ("산업", "صناعة"),
}
LAND: Words = {
    "Park": ("공원", "حديقة عامة"),
    "Garden": ("정원", "حديقة"),
    "Lawn around flats": ("주택 단지 잔디", "عشب حول الشقق"),
    "Yard": ("안마당", "فناء"),
    "Office forecourt": ("업무 건물 앞마당", "ساحة المكاتب"),
    "Wood": ("숲", "غابة"),
    "Bank": ("강둑", "ضفة"),
    "Verge": ("비탈", "منحدر"),
    "Orchard": ("과수원", "بستان"),
    "Cemetery": ("묘지", "مقبرة"),
    "Sports ground": ("운동장", "ملعب رياضي"),
    "Pitch": ("경기장", "ملعب"),
    "Track": ("트랙", "مضمار"),
    "Court": ("코트", "ساحة لعب"),
    "Square": ("광장", "ساحة"),
    "Flower bed": ("화단", "حوض زهور"),
    "Basin": ("연못", "حوض ماء"),
    "Path": ("산책로", "ممر"),
    "Plot of a landmark": ("주요 건물 부지", "قطعة معلم"),
    "Hospital": ("병원", "مستشفى"),
    "Exhibition centre": ("전시장", "مركز معارض"),
    "Heliport": ("헬기장", "مهبط مروحيات"),
    "Apron": ("계류장", "ساحة الطيران"),
    "Landing pad": ("착륙대", "منصة هبوط"),
    "Railway land": ("철도 부지", "أرض السكك"),
    "Ditch of the Fort": ("요새 해자", "خندق الحصن"),
    "Rampart of the Fort": ("요새 성벽", "سور الحصن"),
    "Pavement": ("보도", "رصيف"),
    "Embankment": ("제방", "ردم"),
}
WAYS: Words = {
    "Motorway": ("도시고속도로", "طريق سريع"),
    "Boulevard": ("대로", "جادة"),
    "Avenue": ("가로", "شارع رئيسي"),
    "Street": ("도로", "شارع"),
    "Lane": ("골목", "زقاق"),
    "Railway": ("철도", "سكة حديد"),
    "Tramway": ("트램", "ترام"),
    "Metro": ("지하철", "مترو"),
    "Bridge deck": ("교량 상판", "سطح الجسر"),
    "Parapet": ("난간", "حاجز"),
    "Bridge pier": ("교각", "دعامة الجسر"),
    "Wall of the Fort": ("요새 벽", "جدار الحصن"),
    "Hull of a barge": ("바지선 선체", "بدن مركب"),
    "Cabin of a barge": ("바지선 선실", "مقصورة مركب"),
}
THINGS: Words = {
    "Plane": ("플라타너스", "دلب"),
    "Lime": ("피나무", "زيزفون"),
    "Maple": ("단풍나무", "قيقب"),
    "Oak": ("참나무", "بلوط"),
    "Horse chestnut": ("칠엽수", "كستناء الحصان"),
    "Cherry in blossom": ("꽃 핀 벚나무", "كرز مزهر"),
    "Apple in blossom": ("꽃 핀 사과나무", "تفاح مزهر"),
    "Pine": ("소나무", "صنوبر"),
    "Cedar": ("개잎갈나무", "أرز"),
    "Poplar": ("포플러", "حور"),
    "Willow": ("버드나무", "صفصاف"),
    "White": ("흰색", "أبيض"),
    "Grey": ("회색", "رمادي"),
    "Silver": ("은색", "فضي"),
    "Black": ("검은색", "أسود"),
    "Blue": ("파란색", "أزرق"),
    "Red": ("빨간색", "أحمر"),
    "Green": ("초록색", "أخضر"),
}
LABELS: Words = {**BUILDINGS, **LAND, **WAYS, **THINGS}


def worded_abroad(style: Style | None) -> Style | None:
    """Return a style with its words in Korean and Arabic too, as far as they are known."""
    if style is None or not isinstance(style.rule, Categories):
        return style
    classes = tuple(replace(c, label=_with(c.label, LABELS)) for c in style.rule.categories)
    rule = replace(style.rule, categories=classes)
    return replace(style, rule=rule, title=_with(style.title, TITLES))


def _with(text: Text, words: Words) -> Text:
    more = words.get(text.get("en", ""))
    return {**text, "ko": more[0], "ar": more[1]} if more else text
