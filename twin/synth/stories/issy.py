"""Issy in ten minutes, for a delegation that comes for the first time."""

from __future__ import annotations

from twin.model.story import Branch, Motion, Stop, Story, Transition
from twin.synth import geography
from twin.synth.stories.telling import (
    CITY,
    DIM,
    NAMES,
    NEEDS,
    around_fort,
    camera,
    figure,
    moment,
    story,
    text,
    turning,
)

FX, FY = geography.FORT_CENTRE
HEAT = (
    "Parlez-moi de la chaleur",
    "Ask me about heat",
    "난방에 대해 물어보세요",
    "اسألني عن التدفئة",
)


def _welcome() -> Stop:
    return Stop(
        id="welcome",
        title=text(("Bienvenue à Issy", "Welcome to Issy", "이시에 오신 것을 환영합니다", "مرحبًا بكم في إيسي")),
        text=text((
            "Issy-les-Moulineaux, au bord de la Seine. Ce que vous voyez est une maquette synthétique : "
            "le bâti et les réseaux sont générés, les mesures simulées, les chiffres sourcés.",
            "Issy-les-Moulineaux, on the Seine. What you see is a synthetic model: buildings and networks are "
            "generated, measurements simulated, figures sourced.",
            "센강 변의 이시레물리노입니다. 지금 보시는 것은 합성 모델로, 건물과 기반 시설망은 생성된 것이고 "
            "측정값은 시뮬레이션이며 수치에는 출처가 있습니다.",
            "إيسي ليه مولينو على ضفة السين. ما ترونه نموذج اصطناعي: المباني والشبكات مولَّدة، "
            "والقياسات محاكاة، أما الأرقام فموثقة المصادر.",
        )),
        notes=text((
            "Saluer, présenter la Seine au fond, annoncer dix minutes.",
            "Greet, point out the Seine behind, announce ten minutes.",
            "인사하고, 뒤쪽의 센강을 가리키며, 10분이 걸린다고 알립니다.",
            "رحّب بالضيوف، وأشر إلى نهر السين في الخلف، وأعلن أن العرض عشر دقائق.",
        )),
        camera=camera((5790, 6890, 400), (6170, 8350, -30), fov=45.0),
        at=moment("2026-04-14T14:30"),
        layers=CITY,
        figures=(figure(
            ("délégations chinoises reçues", "Chinese delegations received", "중국 대표단 방문 수", "وفود صينية زارت المدينة"),
            15, "", "issy.com", date="2014", qualifier="over"),),
        transition=Transition(kind="cut"),
        hold_s=60.0,
        branches=(Branch(title=text(HEAT), stop="heat"),),
    )  # fmt: skip


def _town() -> Stop:
    return Stop(
        id="town_hall",
        title=text(("L'Hôtel de Ville", "The town hall", "시청", "دار البلدية")),
        text=text((
            "Issy fut la première ville de France où le stationnement en surface s'est payé par téléphone. "
            "Les places libres sont publiées en direct sur le portail de données de la ville.",
            "Issy was the first French city where surface parking could be paid by phone. "
            "Free spaces are published live on the city's data portal.",
            "이시는 프랑스에서 노상 주차 요금을 휴대전화로 낼 수 있게 한 첫 도시입니다. "
            "빈 주차면은 시 데이터 포털에 실시간으로 공개됩니다.",
            "كانت إيسي أول مدينة فرنسية يُدفع فيها ثمن الوقوف في الشارع بالهاتف. "
            "وتُنشر الأماكن الشاغرة مباشرة على بوابة بيانات المدينة.",
        )),
        camera=camera((6704, 8526, 1.7), (6657, 8561, 9.5), fov=58.0),
        at=moment("2026-04-14T09:10"),
        layers=(*CITY, *NAMES),
        figures=(figure(
            ("places suivies en direct", "parking spaces followed live", "실시간으로 확인되는 주차면", "أماكن وقوف متابَعة مباشرة"),
            300, "", "sodigital.fr; PayByPhone: BFM Business", qualifier="over"),),
        transition=Transition(duration_s=5.0),
        hold_s=60.0,
    )  # fmt: skip


def _river() -> Stop:
    return Stop(
        id="val_de_seine",
        title=text(("Le Val de Seine", "Val de Seine", "발드센", "فال دو سين")),
        text=text((
            "Au bord du fleuve, les bureaux de Seine Ouest. C'est ici qu'est né IssyGrid, expérience de réseau "
            "électrique intelligent, terminée fin 2018.",
            "On the river, the offices of Seine Ouest. IssyGrid, an experiment of a smart electric grid that ended "
            "late in 2018, was born here.",
            "강변의 센 우에스트 업무 지구입니다. 2018년 말에 끝난 스마트 전력망 실험 이시그리드가 "
            "여기서 시작되었습니다.",
            "على ضفة النهر، مكاتب سين ويست. هنا وُلدت تجربة «إيسي غريد» للشبكة الكهربائية الذكية "
            "التي انتهت أواخر 2018.",
        )),
        camera=camera((5330, 8760, 170), (5990, 9230, 12), fov=44.0),
        at=moment("2026-04-14T08:20"),
        layers=(*CITY, *NAMES),
        figures=(
            figure(("bureaux de Seine Ouest", "offices of Seine Ouest", "센 우에스트 업무 면적", "مكاتب سين ويست"),
                160_000, "m2", "environnement-magazine"),
            figure(("dont la tour Sequana", "of which the Sequana tower", "이 중 세카나 타워", "منها برج سيكوانا"),
                42_000, "m2", "pole-medee"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=60.0,
    )  # fmt: skip


def _isseane() -> Stop:
    return Stop(
        id="isseane",
        title=text(("Isséane et la collecte pneumatique", "Isséane and pneumatic waste collection",
            "이세안과 진공 쓰레기 수거", "إيسيان والجمع الهوائي للنفايات")),
        text=text((
            "Aux Bords de Seine, un réseau fixe, prévu pour début 2014, mène les déchets droit à l'usine Isséane.",
            "At Bords de Seine a fixed network, planned for early 2014, takes waste straight to the Isséane plant.",
            "보르드센에서는 2014년 초로 계획된 고정식 관망이 쓰레기를 이세안 자원회수시설로 곧장 보냅니다.",
            "في بور دو سين، تنقل شبكة ثابتة، خُطط لها لمطلع 2014، النفايات مباشرة إلى محطة إيسيان.",
        )),
        camera=camera((5640, 9060, 120), (5958, 9345, 15), fov=44.0),
        at=moment("2026-04-14T08:20"),
        layers=(*CITY, *NAMES),
        selection=(("buildings", "building-03287"),),
        figures=(
            figure(("longueur du réseau", "length of the network", "관망 길이", "طول الشبكة"),
                1, "km", "monimmeuble, La Gazette", date="2014", qualifier="about"),
            figure(("profondeur", "depth", "깊이", "العمق"), 3, "m", "monimmeuble, La Gazette", date="2014", qualifier="about"),
            figure(("bornes par immeuble", "inlets per building", "건물당 투입구", "فتحات لكل مبنى"), 2, "", "monimmeuble, La Gazette",
                date="2014"),
        ),
        hold_s=60.0,
    )  # fmt: skip


def _heart() -> Stop:
    return Stop(
        id="coeur_de_ville",
        title=text(("Issy Cœur de Ville", "Issy Cœur de Ville", "이시 쾨르 드 빌", "إيسي كور دو فيل")),
        text=text((
            "Le troisième écoquartier : l'eau d'une nappe peu profonde chauffe et refroidit logements et bureaux "
            "par deux boucles, chaude et froide.",
            "The third eco-district: water from a shallow aquifer heats and cools homes and offices through two "
            "loops, one warm and one cold.",
            "세 번째 에코 지구입니다. 얕은 지하수를 이용해 온수와 냉수, 두 순환관으로 주택과 사무실에 "
            "난방과 냉방을 공급합니다.",
            "الحي البيئي الثالث: مياه طبقة جوفية قريبة من السطح تدفئ المساكن والمكاتب وتبردها "
            "عبر حلقتين، ساخنة وباردة.",
        )),
        camera=camera((6560, 8350, 210), (6800, 8655, -5), fov=44.0, xray=True),
        at=moment("2026-04-14T10:00"),
        layers=(*DIM, "heat_town"),
        figures=(
            figure(("logements", "dwellings", "주택", "مساكن"), 600, "", "genieclimatique"),
            figure(("bureaux", "offices", "사무실", "مكاتب"), 40_000, "m2", "genieclimatique"),
            figure(("eau de la nappe, à 35 m", "ground water, at 35 m", "지하수 온도 (지하 35 m)", "مياه جوفية على عمق 35 مترًا"),
                15, "degC", "genieclimatique", qualifier="about"),
            figure(("CO₂ évité par an", "CO₂ saved a year", "연간 CO₂ 절감", "انبعاثات CO₂ المتجنَّبة سنويًّا"), 600, "t", "genieclimatique"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=60.0,
        branches=(Branch(title=text(HEAT), stop="heat"),),
    )  # fmt: skip


def _fort() -> Stop:
    return Stop(
        id="fort",
        title=text(("Le Fort d'Issy", "The Fort d'Issy", "이시 요새", "حصن إيسي")),
        text=text((
            "Un fort du XIXe siècle, vide depuis 2007, devenu quartier numérique : chaleur de la Terre, "
            "collecte pneumatique, école de bois et de paille.",
            "A 19th-century fort, empty since 2007, turned into a digital neighbourhood: heat of the earth, "
            "pneumatic waste collection, a school of timber and straw.",
            "2007년부터 비어 있던 19세기 요새가 디지털 동네가 되었습니다. 지열, 진공 쓰레기 수거, "
            "나무와 짚으로 지은 학교가 있습니다.",
            "حصن من القرن التاسع عشر، خالٍ منذ 2007، صار حيًّا رقميًّا: حرارة الأرض، "
            "وجمع هوائي للنفايات، ومدرسة من الخشب والقش.",
        )),
        camera=camera(around_fort(520, 238, 250), (FX, FY - 10, 0), fov=40.0),
        at=moment("2026-04-14T14:30"),
        layers=(*CITY, *NAMES),
        figures=(
            figure(("superficie", "area", "면적", "المساحة"), 12, "ha", "construction21.org"),
            figure(("logements", "dwellings", "주택", "مساكن"), 1_623, "", "construction21.org; geothermie-perspectives: 1600"),
            figure(("habitants", "residents", "주민", "سكان"), 3_500, "", "construction21.org", qualifier="over"),
        ),
        motion=turning(40.0),
        transition=Transition(duration_s=5.0),
        hold_s=60.0,
        branches=(Branch(title=text(HEAT), stop="heat"),),
    )  # fmt: skip


def _mobility() -> Stop:
    return Stop(
        id="mobility",
        title=text(("Se déplacer ensemble", "Moving together", "함께 이동하기", "التنقل معًا")),
        text=text((
            "So Mobility réunit depuis le 7 octobre 2015 la ville et ses partenaires. Depuis le 27 avril 2017, "
            "les jeudis du covoiturage. Les capteurs que vous voyez sont simulés.",
            "So Mobility has joined the city and its partners since 7 October 2015; car-pool Thursdays since "
            "27 April 2017. The sensors that you see are simulated.",
            "소 모빌리티는 2015년 10월 7일부터 시와 협력사를 잇고, 2017년 4월 27일부터 목요 카풀을 "
            "운영했습니다. 보이는 센서는 시뮬레이션입니다.",
            "تجمع «سو موبيليتي» المدينة وشركاءها منذ 7 أكتوبر 2015، و«خميس مشاركة السيارات» منذ "
            "27 أبريل 2017. المجسّات المعروضة محاكاة.",
        )),
        camera=camera((6420, 7960, 420), (6480, 8640, 10), fov=42.0),
        at=moment("2026-04-14T07:10"),
        layers=(*CITY, "sensors", "transit"),
        figures=(
            figure(("entreprises", "firms", "참여 기업", "شركات"), 15, "", "busetcar", date="2017", qualifier="about"),
            figure(("salariés", "staff", "직원", "موظفون"), 10_000, "", "busetcar", date="2017", qualifier="about"),
        ),
        transition=Transition(duration_s=4.0),
        hold_s=60.0,
    )  # fmt: skip


def _evening() -> Stop:
    return Stop(
        id="evening",
        title=text(("Le soir tombe", "Evening falls", "저녁이 옵니다", "حلول المساء")),
        text=text((
            "Le soleil se couche sur Corentin-Celton. Merci de votre visite : que voulez-vous revoir ?",
            "The sun sets on Corentin Celton. Thank you for your visit: what would you like to see again?",
            "코랑탱 셀통에 해가 집니다. 방문해 주셔서 감사합니다. 무엇을 다시 보고 싶으신가요?",
            "تغرب الشمس على كورنتان سيلتون. شكرًا لزيارتكم: ماذا تودّون أن تروا من جديد؟",
        )),
        camera=camera((6820, 8640, 90), (7190, 8900, 6), fov=42.0),
        at=moment("2026-04-14T17:30"),
        layers=(*CITY, *NAMES),
        motion=Motion(kind="time_lapse", until=moment("2026-04-14T18:55")),
        transition=Transition(duration_s=4.0),
        hold_s=60.0,
        branches=(Branch(title=text(HEAT), stop="heat"),),
    )  # fmt: skip


def _heat() -> Stop:
    return Stop(
        id="heat",
        title=text(("La chaleur sous le Fort", "The heat under the Fort", "요새 아래의 열", "الحرارة تحت الحصن")),
        text=text((
            "Deux puits dans l'aquifère de l'Albien, une boucle tempérée à 28 °C et une pompe à chaleur au pied de "
            "chaque immeuble. Tracés synthétiques.",
            "Two wells into the Albian aquifer, a tempered loop at 28 °C, and a heat pump at the foot of each "
            "building. Routes are synthetic.",
            "알비앙 대수층에 판 두 우물, 28 °C의 미온 순환관, 건물마다 있는 열펌프입니다. "
            "관로 위치는 합성입니다.",
            "بئران في طبقة ألبيان الجوفية، وحلقة معتدلة عند 28 °C، ومضخة حرارية أسفل كل مبنى. "
            "المسارات اصطناعية.",
        )),
        camera=camera(around_fort(360, 250, 190), (FX, FY + 5, -18), fov=42.0, xray=True),
        at=moment("2026-04-14T14:30"),
        layers=(*DIM, "heat_fort"),
        figures=(figure(
            NEEDS,
            78, "%", "enerzine", date="2010"),),
        hold_s=60.0,
        aside=True,
    )  # fmt: skip


def stops() -> tuple[Stop, ...]:
    """Return its stops."""
    return (
        _welcome(), _town(), _river(), _isseane(), _heart(), _fort(), _mobility(), _evening(), _heat(),
    )  # fmt: skip


def tell() -> Story:
    """Return the story."""
    return story(
        "issy",
        ("Issy en dix minutes", "Issy in ten minutes", "10분 만에 보는 이시", "إيسي في عشر دقائق"),
        (
            "Pour une délégation qui vient pour la première fois.",
            "For a delegation that comes for the first time.",
            "처음 방문하는 대표단을 위한 이야기입니다.",
            "لوفد يزور المدينة للمرة الأولى.",
        ),
        stops(),
    )
