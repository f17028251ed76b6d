"""From IssyGrid, a past experiment, to today."""

from __future__ import annotations

from twin.model.story import Stop, Story, Transition
from twin.synth.stories.telling import (
    CITY,
    DIM,
    NAMES,
    around_fort,
    camera,
    figure,
    moment,
    story,
    text,
    turning,
)

THEN = moment("2017-04-11T14:30")
SEINE = ((5780, 8860, 170), (6030, 9170, 5))


def _begin() -> Stop:
    return Stop(
        id="begin",
        title=text(("2012 : dix entreprises, un réseau", "2012: ten firms, one grid", "2012년: 열 개 기업, 하나의 전력망", "2012: عشر شركات وشبكة واحدة")),
        text=text((
            "Annoncé en 2011, lancé en 2012, opérationnel en 2016 : IssyGrid relie les systèmes d'information de dix "
            "entreprises pour voir la consommation d'un quartier d'affaires. C'est une expérience passée.",
            "Announced in 2011, launched in 2012, operational in 2016: IssyGrid joined the information systems of ten "
            "firms to see what a business district uses. It is a past experiment.",
            "2011년 발표, 2012년 시작, 2016년 가동: 이시그리드는 열 개 기업의 정보 시스템을 이어 업무 지구의 에너지 소비를 "
            "보여 주었습니다. 이미 끝난 실험입니다.",
            "أُعلنت في 2011 وانطلقت في 2012 وعملت في 2016: ربطت «إيسي غريد» أنظمة معلومات عشر شركات لرؤية استهلاك حي "
            "أعمال. إنها تجربة منتهية.",
        )),
        camera=camera((5330, 8760, 170), (5990, 9230, 12), fov=44.0),
        at=THEN,
        layers=(*CITY, *NAMES),
        figures=(
            figure(("entreprises", "firms", "기업", "شركات"), 10, "", "environnement-magazine"),
            figure(("systèmes d'information reliés", "information systems joined", "연결된 정보 시스템", "أنظمة معلومات مترابطة"), 14, "", "pole-medee"),
            figure(("bureaux de Seine Ouest", "offices of Seine Ouest", "센 우에스트 업무 면적", "مكاتب سين ويست"), 160_000, "m2", "environnement-magazine"),
        ),
        transition=Transition(kind="cut"),
        hold_s=45.0,
    )  # fmt: skip


def _sources() -> Stop:
    return Stop(
        id="sources",
        title=text(("Soleil et batteries d'occasion", "Sun and second-life batteries", "태양광과 재사용 배터리", "الشمس وبطاريات مستعملة")),
        text=text((
            "Trois centrales solaires, deux stockages. Des batteries de Kangoo Z.E. en seconde vie à un poste d'Enedis "
            "et à l'école Bar. Surface solaire de l'école : 250 m² (Le Parisien) ou 300 m² (reseaudurable).",
            "Three solar plants, two stores. Second-life batteries of Kangoo Z.E. at an Enedis substation and at the Bar "
            "school. Solar area of the school: 250 m² (Le Parisien) or 300 m² (reseaudurable).",
            "태양광 발전소 세 곳, 저장 장치 두 곳. 캉구 Z.E.의 재사용 배터리가 에네디스 변전소와 바르 학교에 놓였습니다. "
            "학교의 태양광 면적은 250 m²(르 파리지앵) 또는 300 m²(reseaudurable)입니다.",
            "ثلاث محطات شمسية ومخزنان. بطاريات «كانغو Z.E.» مستعملة في محطة إنيديس وفي مدرسة بار. المساحة الشمسية للمدرسة: "
            "250 م² (لو باريزيان) أو 300 م² (reseaudurable).",
        )),
        camera=camera(*SEINE, fov=42.0, xray=True),
        at=THEN,
        layers=(*DIM, "issygrid"),
        selection=(("issygrid", "issygrid-store-33"), ("issygrid", "issygrid-store-60")),
        chart=("issygrid", "issygrid-store-60"),
        figures=(
            figure(("stockage à un poste Enedis", "store at an Enedis substation", "에네디스 변전소 저장 용량", "تخزين في محطة إنيديس"), 33, "kWh", "Le Parisien, Enedis"),
            figure(("stockage à l'école Bar", "store at the Bar school", "바르 학교 저장 용량", "تخزين في مدرسة بار"), 60, "kWh", "Le Parisien, Enedis"),
            figure(("centrales solaires", "solar plants", "태양광 발전소", "محطات شمسية"), 3, "", "hubinstitute"),
        ),
        transition=Transition(duration_s=4.0),
        hold_s=45.0,
    )  # fmt: skip


def _streets() -> Stop:
    return Stop(
        id="streets",
        title=text(("L'éclairage de trois rues", "The lighting of three streets", "세 거리의 조명", "إنارة ثلاثة شوارع")),
        text=text((
            "L'éclairage public de trois rues faisait partie de l'expérience. Les lampadaires montrés ici sont placés "
            "par un script, leurs valeurs simulées.",
            "The street lighting of three streets was part of the experiment. The lamps shown here are placed by a "
            "script, their values simulated.",
            "세 거리의 가로등이 실험에 포함되었습니다. 여기 보이는 가로등은 스크립트로 배치했고 값은 시뮬레이션입니다.",
            "كانت الإنارة العامة لثلاثة شوارع جزءًا من التجربة. الأعمدة المعروضة هنا وضعها برنامج وقيمها محاكاة.",
        )),
        camera=camera((5862, 8985, 48), (5960, 9090, 2), fov=44.0),
        at=moment("2017-04-11T19:10"),
        layers=(*(name for name in CITY if name not in ("trees", "cars")), "issygrid"),
        figures=(figure(("rues", "streets", "거리", "شوارع"), 3, "", "hubinstitute"),),
        transition=Transition(duration_s=4.0),
        hold_s=40.0,
    )  # fmt: skip


def _fort() -> Stop:
    return Stop(
        id="fort",
        title=text(("Le Fort rejoint le réseau", "The Fort joins", "요새의 참여", "الحصن ينضم")),
        text=text((
            "Le Fort entre entre 2013 et 2015. Combien de logements en tout ? Les sources ne s'accordent pas : 2 000 le "
            "plus souvent, 900 (hubinstitute), 861 (valeurenergie). Nous montrons les trois.",
            "The Fort joined between 2013 and 2015. How many dwellings in all? Sources disagree: 2,000 most often, 900 "
            "(hubinstitute), 861 (valeurenergie). We show all three.",
            "요새는 2013년에서 2015년 사이에 참여했습니다. 주택은 모두 몇 세대일까요? 출처마다 다릅니다. 대개 2,000세대, "
            "900세대(hubinstitute), 861세대(valeurenergie). 셋 다 보여 드립니다.",
            "انضم الحصن بين 2013 و2015. كم مسكنًا في المجموع؟ تختلف المصادر: 2000 في الغالب، و900 (hubinstitute)، "
            "و861 (valeurenergie). نعرض الثلاثة.",
        )),
        camera=camera(around_fort(420, 100, 210), (6380, 7800, 0), xray=True),
        at=THEN,
        layers=(*DIM, "issygrid"),
        figures=(
            figure(("logements, chiffre le plus fréquent", "dwellings, the most frequent figure", "주택 (가장 흔한 수치)", "مساكن، الرقم الأكثر تداولًا"), 2_000, "", "bee-eng"),
            figure(("logements, autre source", "dwellings, another source", "주택 (다른 출처)", "مساكن، مصدر آخر"), 900, "", "hubinstitute"),
            figure(("logements, autre source", "dwellings, another source", "주택 (다른 출처)", "مساكن، مصدر آخر"), 861, "", "valeurenergie"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=45.0,
    )  # fmt: skip


def _end() -> Stop:
    return Stop(
        id="end",
        title=text(("Fin 2018 : un goût d'inachevé", "Late 2018: unfinished business", "2018년 말: 아쉬운 마무리", "أواخر 2018: إحساس بعدم الاكتمال")),
        text=text((
            "L'expérience s'achève fin 2018 ; bilan le 28 mars 2019. « Un goût d'inachevé », écrit le JDN. "
            "La loi la limitait.",
            "The experiment ended late in 2018; review on 28 March 2019. It left “a taste of the unfinished”, wrote JDN: "
            "it was limited by law.",
            "실험은 2018년 말에 끝났고 2019년 3월 28일에 평가했습니다. JDN은 “미완의 뒷맛”이라고 썼습니다. "
            "법이 허용하는 범위가 좁았기 때문입니다.",
            "انتهت التجربة أواخر 2018، والحصيلة في 28 مارس 2019. كتبت JDN عن «إحساس بعدم الاكتمال»: فقد قيّدها القانون.",
        )),
        camera=camera((5950, 7050, 430), (6130, 8700, -30), fov=45.0),
        at=moment("2018-12-20T15:00"),
        layers=(*CITY, *NAMES),
        figures=(
            figure(("bilan publié", "review published", "평가 발표", "نشر الحصيلة"), 2019, "year", "JDN", date="2019"),
        ),
        transition=Transition(duration_s=5.0),
        hold_s=40.0,
    )  # fmt: skip


def _today() -> Stop:
    return Stop(
        id="today",
        title=text(("Aujourd'hui : voir le réseau entier", "Today: seeing the whole grid", "오늘: 전력망 전체를 보다", "اليوم: رؤية الشبكة كاملة")),
        text=text((
            "La maquette montre un réseau électrique entier, poste par poste : synthétique, simulé, et dit comme tel. "
            "De quoi regarder ensemble.",
            "The model shows a whole electric grid, substation by substation: synthetic, simulated, and said so. "
            "Something for everyone to look at together.",
            "이 모델은 변전소 하나하나까지 전력망 전체를 보여 줍니다. 합성이며 시뮬레이션이고, 그렇게 밝힙니다. "
            "모두가 함께 볼 수 있는 그림입니다.",
            "يعرض النموذج شبكة كهربائية كاملة، محطة بمحطة: اصطناعية ومحاكاة، ويصرّح بذلك. صورة ينظر إليها الجميع معًا.",
        )),
        camera=camera((5760, 8330, 330), (6120, 8960, 0), xray=True),
        at=moment("2026-04-14T17:30"),
        layers=(*DIM, "grid"),
        figures=(
            figure(("eau de la nappe à Cœur de Ville", "ground water at Cœur de Ville", "쾨르 드 빌 지하수 온도", "المياه الجوفية في كور دو فيل"),
                15, "degC", "genieclimatique", qualifier="about"),
        ),
        motion=turning(25.0),
        transition=Transition(duration_s=5.0),
        hold_s=45.0,
    )  # fmt: skip


def tell() -> Story:
    """Return the story."""
    return story(
        "issygrid",
        (
            "D'IssyGrid à aujourd'hui",
            "From IssyGrid to today",
            "이시그리드에서 오늘까지",
            "من «إيسي غريد» إلى اليوم",
        ),
        (
            "Une expérience passée, ce qu'elle a appris, ce qui a suivi.",
            "A past experiment, what it taught, what came after.",
            "지나간 실험, 그 교훈, 그 이후.",
            "تجربة منتهية، ودروسها، وما تلاها.",
        ),
        (_begin(), _sources(), _streets(), _fort(), _end(), _today()),
    )
