"""What the indicators of buildings are called and how they are counted, in the languages of the interface."""

from __future__ import annotations

from dataclasses import dataclass

from twin.drawables import Text

LANGUAGES = ("en", "fr", "ko", "ar")


def words(*told: str) -> Text:
    """Return one text in all :data:`LANGUAGES`, told in their order."""
    return dict(zip(LANGUAGES, told, strict=True))


@dataclass(frozen=True, slots=True)
class Wording:
    """The name of an indicator, and its formula."""

    label: Text
    formula: Text


AS_IT_IS = words("as it is", "existant", "현재 상태", "كما هو")
"""The city without any variant."""

DATA = words("data of the layers", "données des couches", "레이어 자료", "بيانات الطبقات")
CENSUS = words(
    "INSEE, census 2021: 2.15 persons a household",
    "INSEE, recensement 2021 : 2,15 personnes par ménage",
    "INSEE, 2021년 인구조사: 가구당 2.15명",
    "INSEE، إحصاء 2021: 2,15 شخصًا لكل أسرة",
)
LABELS = words(
    "classes of the French energy label (arrêté of 31 March 2021), their middle",
    "classes du DPE (arrêté du 31 mars 2021), milieu de classe",
    "프랑스 에너지 등급(2021년 3월 31일 고시)의 중간값",
    "أصناف بطاقة الطاقة الفرنسية (قرار 31 مارس 2021)، وسط الصنف",
)
OURS = words(
    "assumption of Belvedere", "hypothèse de Belvedere", "Belvedere의 가정", "افتراض من Belvedere"
)
GAS = words(
    "ADEME, Base Carbone: natural gas",
    "ADEME, Base Carbone : gaz naturel",
    "ADEME, Base Carbone: 천연가스",
    "ADEME، Base Carbone: الغاز الطبيعي",
)

FLOOR_AREA = Wording(
    words("Floor area", "Surface de plancher", "연면적", "مساحة الطوابق"),
    words(
        "footprint × storeys (height / 3 m where they are not known)",
        "emprise × niveaux (hauteur / 3 m s’ils sont inconnus)",
        "건축면적 × 층수(모르면 높이 / 3 m)",
        "المساحة المبنية × عدد الطوابق (الارتفاع / 3 م إن لم يُعرف)",
    ),
)

USES = {
    "residential": words("housing", "logement", "주거", "سكن"),
    "commercial": words(
        "offices and shops", "bureaux et commerces", "사무실과 상점", "مكاتب ومتاجر"
    ),
    "industrial": words("industry", "industrie", "산업", "صناعة"),
    "public": words("public services", "équipements publics", "공공시설", "مرافق عمومية"),
    "heritage": words("heritage", "patrimoine", "문화유산", "تراث"),
    "sport": words("sport and leisure", "sport et loisirs", "체육과 여가", "رياضة وترفيه"),
    "annex": words("annexes", "annexes", "부속 건물", "ملحقات"),
    "other": words("not specified", "non précisé", "미지정", "غير محدد"),
}
"""The groups of use, as they follow the name of the floor area."""

_COLON = {"fr": " : "}


def floor_area_of(use: str) -> Text:
    """Return what the floor area of a group of use is called."""
    return {
        lang: f"{FLOOR_AREA.label[lang]}{_COLON.get(lang, ': ')}{USES[use][lang]}"
        for lang in LANGUAGES
    }


WORDING = {
    "buildings": Wording(
        words("Buildings", "Bâtiments", "건물", "المباني"),
        words(
            "number of features that exist",
            "nombre d’objets existants",
            "존재하는 객체 수",
            "عدد العناصر الموجودة",
        ),
    ),
    "footprint": Wording(
        words("Footprint", "Emprise au sol", "건축면적", "المساحة المبنية"),
        words(
            "sum of the areas of the footprints",
            "somme des aires des emprises",
            "건물 바닥 윤곽 면적의 합",
            "مجموع مساحات قواعد المباني",
        ),
    ),
    "perimeter": Wording(
        words("Perimeter", "Périmètre", "구역", "المحيط"),
        words("area of the perimeter", "aire du périmètre", "구역의 면적", "مساحة المحيط"),
    ),
    "open_ground": Wording(
        words("Open ground", "Espace libre", "공지", "الأرض الفضاء"),
        words(
            "perimeter − footprint",
            "périmètre − emprise au sol",
            "구역 − 건축면적",
            "المحيط − المساحة المبنية",
        ),
    ),
    "built_share": Wording(
        words("Built share", "Coefficient d’emprise", "건폐율", "نسبة البناء"),
        words(
            "footprint / perimeter",
            "emprise au sol / périmètre",
            "건축면적 / 구역",
            "المساحة المبنية / المحيط",
        ),
    ),
    "green_area": Wording(
        words("Green area", "Espaces verts", "녹지", "المساحات الخضراء"),
        words(
            "area of parks, gardens, lawns, woods inside the perimeter",
            "aire des parcs, jardins, pelouses et bois dans le périmètre",
            "구역 안 공원, 정원, 잔디밭, 숲의 면적",
            "مساحة المنتزهات والحدائق والمروج والغابات داخل المحيط",
        ),
    ),
    "trees": Wording(
        words("Trees", "Arbres", "나무", "الأشجار"),
        words(
            "trees of the layers inside the perimeter",
            "arbres des couches dans le périmètre",
            "구역 안에 있는 레이어의 나무",
            "أشجار الطبقات داخل المحيط",
        ),
    ),
    "floor_area": FLOOR_AREA,
    "dwellings": Wording(
        words("Dwellings", "Logements", "주택 수", "المساكن"),
        words(
            "dwellings of the data; else floor area of housing / 70 m²",
            "logements des données ; sinon surface de plancher de logement / 70 m²",
            "자료의 주택 수, 없으면 주거 연면적 / 70 m²",
            "مساكن البيانات، وإلا مساحة طوابق السكن / 70 م²",
        ),
    ),
    "inhabitants": Wording(
        words("Inhabitants", "Habitants", "인구", "السكان"),
        words("dwellings × 2.15", "logements × 2,15", "주택 수 × 2.15", "المساكن × 2,15"),
    ),
    "parking": Wording(
        words("Parking spaces", "Places de stationnement", "주차면", "مواقف السيارات"),
        words(
            "sum of the parking spaces of the data",
            "somme des places des données",
            "자료에 있는 주차면의 합",
            "مجموع المواقف في البيانات",
        ),
    ),
    "height_mean": Wording(
        words("Mean height", "Hauteur moyenne", "평균 높이", "متوسط الارتفاع"),
        words(
            "mean of the heights, weighted by footprint",
            "moyenne des hauteurs pondérée par l’emprise",
            "건축면적으로 가중한 높이 평균",
            "متوسط الارتفاعات مرجَّحًا بالمساحة المبنية",
        ),
    ),
    "height_median": Wording(
        words("Median height", "Hauteur médiane", "높이 중앙값", "الارتفاع الوسيط"),
        words("median of the heights", "médiane des hauteurs", "높이의 중앙값", "وسيط الارتفاعات"),
    ),
    "height_max": Wording(
        words("Greatest height", "Hauteur maximale", "최고 높이", "أقصى ارتفاع"),
        words("greatest height", "hauteur maximale", "가장 큰 높이", "أكبر ارتفاع"),
    ),
    "volume": Wording(
        words("Built volume", "Volume bâti", "건물 체적", "الحجم المبني"),
        words(
            "footprint × height; of closed surfaces their volume",
            "emprise × hauteur ; pour les surfaces closes, leur volume",
            "건축면적 × 높이, 닫힌 면은 그 체적",
            "المساحة المبنية × الارتفاع، وللأسطح المغلقة حجمها",
        ),
    ),
    "timber_share": Wording(
        words(
            "Timber and bio-sourced share",
            "Part de bois et biosourcés",
            "목재와 바이오 소재 비율",
            "حصة الخشب والمواد الحيوية",
        ),
        words(
            "floor area of timber, straw or hemp / floor area of known material",
            "surface de plancher en bois, paille ou chanvre / surface de matériau connu",
            "목재·짚·삼 건물의 연면적 / 재료가 알려진 연면적",
            "مساحة الطوابق من الخشب أو القش أو القنب / المساحة المعروفة المادة",
        ),
    ),
    "heat_demand": Wording(
        words("Heat demand", "Besoin de chaleur", "열 수요", "الطلب على الحرارة"),
        words(
            "floor area × middle of the class of the energy label",
            "surface de plancher × milieu de la classe DPE",
            "연면적 × 에너지 등급의 중간값",
            "مساحة الطوابق × وسط صنف بطاقة الطاقة",
        ),
    ),
    "power_demand": Wording(
        words("Electricity demand", "Besoin d’électricité", "전력 수요", "الطلب على الكهرباء"),
        words(
            "floor area × 29 kWh/m²",
            "surface de plancher × 29 kWh/m²",
            "연면적 × 29 kWh/m²",
            "مساحة الطوابق × 29 kWh/m²",
        ),
    ),
    "co2": Wording(
        words(
            "CO₂ of heating, if by gas",
            "CO₂ du chauffage, si au gaz",
            "가스 난방일 때의 CO₂",
            "CO₂ التدفئة لو كانت بالغاز",
        ),
        words(
            "heat demand × 0.227 kg/kWh",
            "besoin de chaleur × 0,227 kg/kWh",
            "열 수요 × 0.227 kg/kWh",
            "الطلب على الحرارة × 0,227 kg/kWh",
        ),
    ),
}
