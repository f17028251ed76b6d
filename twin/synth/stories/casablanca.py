"""For Casablanca: a business park shares."""

from __future__ import annotations

from twin.model.story import Stop, Story, Transition
from twin.synth.stories.telling import (
    CITY,
    DIM,
    NAMES,
    camera,
    elsewhere,
    figure,
    moment,
    story,
    text,
    turning,
)


def _greeting() -> Stop:
    return Stop(
        id="greeting",
        title=text(("Bienvenue, Casablanca", "Welcome, Casablanca", "카사블랑카 대표단을 환영합니다", "مرحبًا بوفد الدار البيضاء")),
        text=text((
            "e-Madina, cercle de réflexion né en 2013, devient un cluster le 29 avril 2015 : ville, région, université, "
            "entreprises et citoyens autour d'une même table.",
            "e-Madina, a think tank born in 2013, became a cluster on 29 April 2015: city, region, university, firms and "
            "citizens at one table.",
            "2013년에 싱크탱크로 태어난 e-마디나는 2015년 4월 29일 클러스터가 되었습니다. 시, 지역, 대학, 기업, 시민이 "
            "한자리에 모였습니다.",
            "«إي مدينة»، مركز تفكير وُلد عام 2013، صار تجمعًا في 29 أبريل 2015: المدينة والجهة والجامعة والشركات "
            "والمواطنون حول طاولة واحدة.",
        )),
        camera=camera((5790, 6890, 400), (6170, 8350, -30), fov=45.0),
        at=moment("2026-04-14T14:30"),
        layers=CITY,
        figures=(
            figure(("lancement du cluster", "cluster launched", "클러스터 출범", "إطلاق التجمع"), 2015, "year", "medias24", date="2015"),
        ),
        transition=Transition(kind="cut"),
        hold_s=40.0,
    )  # fmt: skip


def _park() -> Stop:
    return Stop(
        id="park",
        title=text(("Deux parcs d'affaires", "Two business parks", "두 비즈니스 파크", "مجمّعا أعمال")),
        text=text((
            "Casanearshore, Sidi Maârouf : 53 ou 55 hectares selon les sources. Val de Seine, à Issy : des bureaux au bord du "
            "fleuve. Même question : que font les mètres carrés quand les bureaux sont vides ?",
            "Casanearshore, Sidi Maârouf: 53 or 55 hectares, sources differ. Val de Seine in Issy: offices on the river. "
            "The same question: what do square metres do while offices are empty?",
            "시디 마루프의 카사니어쇼어: 출처에 따라 53 또는 55헥타르. 이시의 발드센: 강변의 사무실. 질문은 같습니다. "
            "사무실이 비어 있을 때 그 면적은 무엇을 할까요?",
            "كازانيرشور في سيدي معروف: 53 أو 55 هكتارًا بحسب المصادر. وفال دو سين في إيسي: مكاتب على النهر. والسؤال واحد: "
            "ماذا تفعل الأمتار المربعة حين تخلو المكاتب؟",
        )),
        camera=camera((5330, 8760, 170), (5990, 9230, 12), fov=44.0),
        at=moment("2026-04-14T08:20"),
        layers=(*CITY, *NAMES, "business_park"),
        figures=(
            figure(("Issy : bureaux de Seine Ouest", "Issy: offices of Seine Ouest", "이시: 센 우에스트 업무 면적", "إيسي: مكاتب سين ويست"), 160_000, "m2", "environnement-magazine"),
            figure(("Casanearshore : bureaux", "Casanearshore: offices", "카사니어쇼어: 업무 면적", "كازانيرشور: مكاتب"), 250_000, "m2", "CDG", date="2020"),
            figure(("Casanearshore : emplois", "Casanearshore: jobs", "카사니어쇼어: 일자리", "كازانيرشور: وظائف"), 30_000, "", "CDG", date="2020"),
            figure(("Casanearshore : entreprises", "Casanearshore: firms", "카사니어쇼어: 기업", "كازانيرشور: شركات"), 100, "", "CDG", date="2020", qualifier="over"),
        ),
        motion=turning(25.0),
        transition=Transition(duration_s=5.0),
        hold_s=45.0,
    )  # fmt: skip


def _twin() -> Stop:
    offices = ("bureaux", "offices", "업무 면적", "مكاتب")
    staff = ("salariés", "staff", "직원", "موظفون")
    firms = ("entreprises", "firms", "기업", "شركات")
    return Stop(
        id="twin",
        title=text(("Deux parcs, une échelle", "Two parks, one scale", "두 파크, 같은 축척", "مجمّعان بمقياس واحد")),
        text=text((
            "En haut les bureaux du Val de Seine, en bas un parc dessiné à la taille publiée de Casanearshore : même "
            "distance, caméras liées, mêmes indicateurs. Le plan du second est inventé.",
            "Above, the offices of Val de Seine; below, a park drawn at the published size of Casanearshore: same "
            "distance, linked cameras, same indicators. The layout of the second is made up.",
            "위는 발드센의 사무실, 아래는 카사니어쇼어의 공개된 규모로 그린 파크입니다. 거리와 시선, 지표가 같습니다. "
            "아래쪽 배치는 지어낸 것입니다.",
            "في الأعلى مكاتب فال دو سين، وفي الأسفل مجمّع مرسوم بالمساحة المنشورة لكازانيرشور: المسافة نفسها "
            "وكاميرتان مترابطتان ومؤشرات واحدة. أما مخطط الثاني فافتراضي.",
        )),
        camera=camera((5330, 8760, 330), (5990, 9230, 12), fov=38.0),
        at=moment("2026-04-14T08:20"),
        layers=CITY,
        figures=(
            figure(offices, 160_000, "m2", "environnement-magazine"),
            figure(staff, 10_000, "", "busetcar", date="2017", qualifier="about"),
            figure(firms, 15, "", "busetcar", date="2017", qualifier="about"),
        ),
        beside=elsewhere(
            "casablanca",
            (
                ("Issy : Seine Ouest", "Issy: Seine Ouest", "이시: 센 우에스트", "إيسي: سين ويست"),
                ("Casablanca : Casanearshore", "Casablanca: Casanearshore", "카사블랑카: 카사니어쇼어", "الدار البيضاء: كازانيرشور"),
            ),
            (0.0, 0.0, 8.0),
            (
                figure(offices, 250_000, "m2", "CDG", date="2020"),
                figure(staff, 30_000, "", "CDG", date="2020"),
                figure(firms, 100, "", "CDG", date="2020", qualifier="over"),
            ),
            at="2026-04-14T09:30",
        ),
        motion=turning(30.0),
        transition=Transition(duration_s=5.0),
        hold_s=45.0,
    )  # fmt: skip


def _rides() -> Stop:
    return Stop(
        id="rides",
        title=text(("Partager les trajets", "Sharing rides", "이동을 함께", "تقاسم الرحلات")),
        text=text((
            "À Issy, les jeudis du covoiturage commencent le 27 avril 2017 : une quinzaine d'entreprises voisines, environ "
            "dix mille salariés. Un parc d'affaires entier peut faire de même.",
            "In Issy car-pool Thursdays began on 27 April 2017: some fifteen neighbouring firms, about ten thousand staff. "
            "A whole business park can do the same.",
            "이시의 목요 카풀은 2017년 4월 27일에 시작되었습니다. 이웃한 15개가량의 기업, 약 만 명의 직원. "
            "비즈니스 파크 전체가 함께할 수도 있습니다.",
            "بدأ «خميس مشاركة السيارات» في إيسي في 27 أبريل 2017: نحو خمس عشرة شركة متجاورة وعشرة آلاف موظف تقريبًا. "
            "ويمكن لمجمّع أعمال كامل أن يحذو حذوها.",
        )),
        camera=camera((4300, 6900, 1250), (6500, 8950, 60), fov=46.0),
        at=moment("2026-04-14T06:50"),
        layers=(*CITY, *NAMES, "car_pooling"),
        figures=(
            figure(("entreprises", "firms", "기업", "شركات"), 15, "", "busetcar", date="2017", qualifier="about"),
            figure(("salariés", "staff", "직원", "موظفون"), 10_000, "", "busetcar", date="2017", qualifier="about"),
        ),
        transition=Transition(duration_s=4.0),
        hold_s=40.0,
    )  # fmt: skip


def _parking() -> Stop:
    return Stop(
        id="parking",
        title=text(("Partager les places", "Sharing parking spaces", "주차면을 함께", "تقاسم المواقف")),
        text=text((
            "Capteurs de Colas, parkings d'Indigo, Parking Map : les places d'Issy sont publiées en direct. Celles que montre "
            "la maquette sont simulées.",
            "Sensors by Colas, car parks by Indigo, Parking Map: Issy's spaces are published live. Those that the model "
            "shows are simulated.",
            "콜라의 센서, 인디고의 주차장, 파킹 맵: 이시의 주차면은 실시간으로 공개됩니다. 모델에 보이는 것은 "
            "시뮬레이션입니다.",
            "مجسّات كولاس ومواقف إنديغو و«باركينغ ماب»: تُنشر أماكن إيسي مباشرة. وما يعرضه النموذج محاكاة.",
        )),
        camera=camera((6500, 8380, 160), (6690, 8600, 5)),
        at=moment("2026-04-14T09:30"),
        layers=(*CITY, "sensors", "smart_parking"),
        figures=(
            figure(("places suivies en direct", "spaces followed live", "실시간 주차면", "مواقف متابَعة مباشرة"), 300, "", "sodigital.fr", qualifier="over"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=40.0,
    )  # fmt: skip


def _energy() -> Stop:
    return Stop(
        id="energy",
        title=text(("Partager l'énergie", "Sharing energy", "에너지를 함께", "تقاسم الطاقة")),
        text=text((
            "IssyGrid, 2012 à 2018 : bureaux, logements, soleil et batteries sur un même tableau. Une expérience passée, "
            "limitée par la loi ; valeurs simulées.",
            "IssyGrid, 2012 to 2018: offices, homes, sun and batteries on one board. A past experiment, limited by law; "
            "simulated values.",
            "2012년부터 2018년까지의 이시그리드: 사무실, 집, 태양, 배터리를 한 화면에. 법의 제한을 받은 지나간 실험이며 "
            "값은 시뮬레이션입니다.",
            "«إيسي غريد» من 2012 إلى 2018: مكاتب ومساكن وشمس وبطاريات على لوحة واحدة. تجربة منتهية قيّدها القانون، والقيم محاكاة.",
        )),
        camera=camera((5780, 8860, 170), (6030, 9170, 5), xray=True),
        at=moment("2017-04-11T14:30"),
        layers=(*DIM, "issygrid"),
        selection=(("issygrid", "issygrid-office-1"),),
        chart=("issygrid", "issygrid-office-1"),
        figures=(
            figure(("stockage à l'école Bar", "store at the Bar school", "바르 학교 저장 용량", "تخزين في مدرسة بار"), 60, "kWh", "Le Parisien, Enedis"),
            figure(("stockage à un poste Enedis", "store at an Enedis substation", "에네디스 변전소 저장 용량", "تخزين في محطة إنيديس"), 33, "kWh", "Le Parisien, Enedis"),
        ),
        transition=Transition(duration_s=4.0),
        hold_s=40.0,
    )  # fmt: skip


def _plan() -> Stop:
    return Stop(
        id="plan",
        title=text(("Une carte commune", "One map for all", "모두의 지도", "خريطة واحدة للجميع")),
        text=text((
            "Le plan numérique de Casablanca, jusqu'en 2022, comptait 70 projets, dont un système d'information "
            "géographique. Une maquette partagée en est la suite naturelle.",
            "Casablanca's digital plan to 2022 had 70 projects, a geographic information system among them. A shared model "
            "is the natural next step.",
            "2022년까지의 카사블랑카 디지털 계획에는 지리정보시스템을 포함한 70개 사업이 있었습니다. 함께 쓰는 모델은 "
            "자연스러운 다음 단계입니다.",
            "ضمّت الخطة الرقمية للدار البيضاء حتى 2022 سبعين مشروعًا، منها نظام معلومات جغرافية. والنموذج المشترك خطوتها "
            "الطبيعية التالية.",
        )),
        camera=camera((6420, 7960, 420), (6480, 8640, 10)),
        at=moment("2026-04-14T16:00"),
        layers=(*CITY, *NAMES),
        figures=(
            figure(("projets du plan", "projects of the plan", "계획의 사업 수", "مشاريع الخطة"), 70, "", "afrik21", date="2018"),
            figure(("budget", "budget", "예산", "الميزانية"), 94, "MMAD", "afrik21", date="2018"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=40.0,
    )  # fmt: skip


def tell() -> Story:
    """Return the story."""
    return story(
        "casablanca",
        (
            "Pour Casablanca : un parc d'affaires partage",
            "For Casablanca: a business park shares",
            "카사블랑카를 위하여: 함께 나누는 비즈니스 파크",
            "للدار البيضاء: مجمّع أعمال يتقاسم",
        ),
        (
            "Trajets, places, énergie : ce que des bureaux voisins peuvent partager.",
            "Rides, parking, energy: what neighbouring offices can share.",
            "이동, 주차, 에너지: 이웃한 사무실이 나눌 수 있는 것.",
            "الرحلات والمواقف والطاقة: ما يمكن لمكاتب متجاورة أن تتقاسمه.",
        ),
        (_greeting(), _park(), _twin(), _rides(), _parking(), _energy(), _plan()),
    )
