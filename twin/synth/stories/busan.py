"""For Busan: platform, port, services."""

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

MORNING = moment("2026-04-14T08:20")


def _greeting() -> Stop:
    return Stop(
        id="greeting",
        title=text(("Bienvenue, Busan", "Welcome, Busan", "부산 대표단을 환영합니다", "مرحبًا بوفد بوسان")),
        text=text((
            "Deux villes au bord de l'eau, deux échelles. Issy, maquette synthétique ; Busan, racontée par ses chiffres "
            "publiés.",
            "Two cities on the water, two scales. Issy as a synthetic model; Busan told by its published figures.",
            "물가의 두 도시, 서로 다른 규모. 이시는 합성 모델로, 부산은 공개된 수치로 이야기합니다.",
            "مدينتان على الماء، ومقياسان مختلفان. إيسي نموذجًا اصطناعيًّا، وبوسان بأرقامها المنشورة.",
        )),
        camera=camera((5790, 6890, 400), (6170, 8350, -30), fov=45.0),
        at=moment("2026-04-14T14:30"),
        layers=CITY,
        figures=(
            figure(("habitants de Busan, alors", "people in Busan, then", "당시 부산 인구", "سكان بوسان آنذاك"),
                3_600_000, "", "newsroom.cisco.com", date="2011", qualifier="about"),
        ),
        transition=Transition(kind="cut"),
        hold_s=40.0,
    )  # fmt: skip


def _platform() -> Stop:
    return Stop(
        id="platform",
        title=text(("Une plateforme", "A platform", "플랫폼", "منصة")),
        text=text((
            "Busan lance le BMAC le 23 février 2011 avec Cisco et KT : plateforme, puis services en 2012, toute la ville "
            "en 2014. Issy relie quatorze systèmes d'information avec IssyGrid, jusqu'à fin 2018.",
            "Busan launched BMAC on 23 February 2011 with Cisco and KT: a platform, then services in 2012, citywide in "
            "2014. Issy joined fourteen information systems with IssyGrid, until late 2018.",
            "부산은 2011년 2월 23일 시스코, KT와 함께 BMAC을 열었습니다. 플랫폼에서 2012년 서비스로, 2014년 시 전역으로 "
            "넓혔습니다. 이시는 이시그리드로 2018년 말까지 열네 개 정보 시스템을 이었습니다.",
            "أطلقت بوسان مركز BMAC في 23 فبراير 2011 مع سيسكو وKT: منصة، ثم خدمات في 2012، ثم المدينة كلها في 2014. "
            "وربطت إيسي أربعة عشر نظام معلومات عبر «إيسي غريد» حتى أواخر 2018.",
        )),
        camera=camera((5780, 8860, 170), (6030, 9170, 5), xray=True),
        at=moment("2017-04-11T14:30"),
        layers=(*DIM, "issygrid"),
        figures=(
            figure(("Issy : systèmes reliés", "Issy: systems joined", "이시: 연결된 시스템", "إيسي: أنظمة مترابطة"), 14, "", "pole-medee"),
            figure(("Busan : ouverture du BMAC", "Busan: BMAC opens", "부산: BMAC 개소", "بوسان: افتتاح BMAC"), 2011, "year", "newsroom.cisco.com", date="2011"),
            figure(("Busan : toute la ville", "Busan: citywide", "부산: 시 전역 확대", "بوسان: المدينة كلها"), 2014, "year", "newsroom.cisco.com", date="2011"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=45.0,
    )  # fmt: skip


def _port() -> Stop:
    return Stop(
        id="port",
        title=text(("Le port et le fleuve", "The port and the river", "항구와 강", "الميناء والنهر")),
        text=text((
            "Busan était alors le cinquième port à conteneurs du monde. Issy n'a qu'un fleuve, mais la même question : "
            "que partager au bord de l'eau ?",
            "Busan was then the world's fifth container port. Issy has only a river, but the same question: what to "
            "share along the water?",
            "부산은 당시 세계 5위의 컨테이너 항만이었습니다. 이시에는 강뿐이지만 질문은 같습니다. 물가에서 무엇을 "
            "함께 나눌 것인가?",
            "كانت بوسان آنذاك خامس ميناء حاويات في العالم. وليس لإيسي سوى نهر، لكن السؤال واحد: ماذا نتقاسم على ضفة الماء؟",
        )),
        camera=camera((5905, 9690, 150), (5120, 8640, 4), fov=46.0),
        at=MORNING,
        layers=(*CITY, *NAMES, "city_services"),
        figures=(
            figure(("rang du port à conteneurs, alors", "rank as a container port, then", "당시 컨테이너 항만 순위", "ترتيب ميناء الحاويات آنذاك"),
                5, "", "newsroom.cisco.com", date="2011"),
        ),
        motion=turning(-25.0),
        transition=Transition(duration_s=5.0),
        hold_s=40.0,
    )  # fmt: skip


def _twin() -> Stop:
    launched = ("lancement", "launched", "출범", "الإطلاق")
    citywide = (
        "en service dans toute la zone",
        "in service throughout",
        "전역 운영",
        "التشغيل في كامل النطاق",
    )
    firms = ("entreprises partenaires", "partner firms", "협력 기업", "شركات شريكة")
    return Stop(
        id="twin",
        title=text(("Côte à côte, même échelle", "Side by side, same scale", "나란히, 같은 축척으로", "جنبًا إلى جنب وبالمقياس نفسه")),
        text=text((
            "En haut le quai d'Issy, en bas un terminal à conteneurs d'un type courant : même distance, mêmes caméras. "
            "Les mêmes indicateurs pour IssyGrid et pour le BMAC.",
            "Above, the quay of Issy; below, a container terminal of an ordinary kind: same distance, linked cameras. "
            "The same indicators for IssyGrid and for BMAC.",
            "위는 이시의 강변, 아래는 흔한 형태의 컨테이너 부두입니다. 거리도 시선도 같습니다. "
            "이시그리드와 BMAC을 같은 지표로 봅니다.",
            "في الأعلى رصيف إيسي، وفي الأسفل محطة حاويات من نوع مألوف: المسافة نفسها والكاميرتان مترابطتان. "
            "المؤشرات نفسها لـ«إيسي غريد» ولمركز BMAC.",
        )),
        camera=camera((5905, 9690, 210), (5560, 9050, 4), fov=34.0),
        at=moment("2026-04-14T08:20"),
        layers=CITY,
        figures=(
            figure(launched, 2012, "year", "environnement-magazine, pole-medee"),
            figure(citywide, 2016, "year", "environnement-magazine, pole-medee"),
            figure(firms, 10, "", "environnement-magazine"),
        ),
        beside=elsewhere(
            "busan",
            (
                ("Issy : IssyGrid", "Issy: IssyGrid", "이시: 이시그리드", "إيسي: إيسي غريد"),
                ("Busan : BMAC", "Busan: BMAC", "부산: BMAC", "بوسان: BMAC"),
            ),
            (0.0, -60.0, 4.0),
            (
                figure(launched, 2011, "year", "newsroom.cisco.com", date="2011"),
                figure(citywide, 2014, "year", "newsroom.cisco.com", date="2011"),
                figure(firms, 2, "", "Cisco, KT: newsroom.cisco.com", date="2011"),
            ),
            at="2026-04-14T01:20",
        ),
        motion=turning(30.0),
        transition=Transition(duration_s=5.0),
        hold_s=45.0,
    )  # fmt: skip


def _services() -> Stop:
    return Stop(
        id="services",
        title=text(("Des services", "Services", "서비스", "خدمات")),
        text=text((
            "À Busan : mobilité urbaine, enseignement à distance, énergie, sécurité. Ici, les capteurs de la ville : "
            "places, air, bruit. Tous simulés dans cette maquette.",
            "In Busan: urban mobility, distance learning, energy management, safety and security. Here, the city's "
            "sensors: parking, air, noise. All simulated in this model.",
            "부산: 도시 교통, 원격 교육, 에너지 관리, 안전과 보안. 이곳: 주차, 공기, 소음 등 도시의 센서. "
            "이 모델에서는 모두 시뮬레이션입니다.",
            "في بوسان: التنقل الحضري والتعليم عن بعد وإدارة الطاقة والأمن والسلامة. وهنا مجسّات المدينة: المواقف والهواء "
            "والضجيج. كلها محاكاة في هذا النموذج.",
        )),
        camera=camera((6420, 7960, 420), (6480, 8640, 10)),
        at=MORNING,
        layers=(*CITY, "sensors", "city_services"),
        figures=(
            figure(("Issy : places suivies", "Issy: spaces followed", "이시: 확인되는 주차면", "إيسي: مواقف متابَعة"), 300, "", "sodigital.fr", qualifier="over"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=45.0,
    )  # fmt: skip


def _testbed() -> Stop:
    return Stop(
        id="testbed",
        title=text(("Haeundae et trois rues d'Issy", "Haeundae and three streets of Issy", "해운대와 이시의 세 거리", "هايونداي وثلاثة شوارع في إيسي")),
        text=text((
            "Haeundae, 2015 : lampadaires, stationnement, suivi d'enfants, énergie. À Issy, l'éclairage de trois rues. "
            "Le 30 octobre 2014, SK Telecom et Cisco s'engagent pour un centre de l'internet des objets.",
            "Haeundae, 2015: street lamps, parking, child trackers, energy control. In Issy, the lighting of three "
            "streets. On 30 October 2014 SK Telecom and Cisco agreed on an internet-of-things centre.",
            "2015년 해운대: 스마트 가로등, 주차, 미아 방지, 에너지 관리. 이시: 세 거리의 조명. "
            "2014년 10월 30일 SK텔레콤과 시스코는 사물인터넷 센터에 합의했습니다.",
            "هايونداي 2015: أعمدة إنارة ومواقف وتتبّع للأطفال وضبط للطاقة. وفي إيسي إنارة ثلاثة شوارع. وفي 30 أكتوبر 2014 "
            "اتفقت SK تيليكوم وسيسكو على مركز لإنترنت الأشياء.",
        )),
        camera=camera((5880, 8990, 90), (6040, 9190, 5), fov=44.0),
        at=moment("2017-04-11T19:10"),
        layers=(*CITY, "issygrid"),
        figures=(
            figure(("banc d'essai de Haeundae", "test bed of Haeundae", "해운대 시험 지구", "ميدان تجارب هايونداي"), 2015, "year", "Korea Herald", date="2015"),
            figure(("centre de l'internet des objets", "internet-of-things centre", "사물인터넷 센터", "مركز إنترنت الأشياء"), 100, "bnKRW", "Yonhap", date="2014"),
            figure(("Issy : rues éclairées", "Issy: streets lit", "이시: 조명 거리", "إيسي: شوارع مضاءة"), 3, "", "hubinstitute"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=45.0,
    )  # fmt: skip


def tell() -> Story:
    """Return the story."""
    return story(
        "busan",
        (
            "Pour Busan : plateforme, port, services",
            "For Busan: platform, port, services",
            "부산을 위하여: 플랫폼, 항구, 서비스",
            "لبوسان: منصة وميناء وخدمات",
        ),
        (
            "Le Green u-City de Busan en regard d'Issy.",
            "Busan's Green u-City beside Issy.",
            "부산 그린 u-시티와 이시를 나란히 봅니다.",
            "«غرين يو سيتي» في بوسان بجانب إيسي.",
        ),
        (_greeting(), _platform(), _port(), _twin(), _services(), _testbed()),
    )
