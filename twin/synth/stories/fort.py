"""The Fort d'Issy: heat, waste, wood and straw, sharing."""

from __future__ import annotations

from twin.model.story import Stop, Story, Transition
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
NOON = moment("2026-04-14T11:00")


def _place() -> Stop:
    return Stop(
        id="place",
        title=text(("Un fort devenu quartier", "A fort turned neighbourhood", "요새에서 동네로", "حصن صار حيًّا")),
        text=text((
            "Cinq bastions du XIXe siècle, un terrain acheté à l'État, Architecture-Studio lauréat du concours de "
            "2001. Les sources diffèrent sur le coût : 100 ou 120 millions d'euros.",
            "Five 19th-century bastions, land bought from the State, a competition won by Architecture-Studio in "
            "2001. Sources differ on the cost: 100 or 120 million euros.",
            "19세기의 다섯 보루, 국가에서 사들인 땅, 2001년 설계 공모 당선자 아르시텍튀르 스튀디오. "
            "비용은 출처마다 1억 또는 1억 2천만 유로로 다릅니다.",
            "خمسة معاقل من القرن التاسع عشر، وأرض اشتُريت من الدولة، ومسابقة فاز بها «أرشيتكتور ستوديو» عام 2001. "
            "تختلف المصادر في الكلفة: 100 أو 120 مليون يورو.",
        )),
        camera=camera(around_fort(520, 238, 250), (FX, FY - 10, 0)),
        at=NOON,
        layers=(*CITY, *NAMES),
        figures=(
            figure(("achat du terrain", "price of the land", "토지 매입가", "ثمن الأرض"), 60, "M€", "batiweb", date="2009"),
            figure(("logements", "dwellings", "주택", "مساكن"), 1_623, "", "construction21.org; geothermie-perspectives: 1600"),
            figure(("dont logements sociaux", "of which social", "이 중 사회주택", "منها اجتماعية"), 330, "", "construction21.org; infodelimmo: 300"),
            figure(("espaces verts", "green space", "녹지", "مساحات خضراء"), 44_000, "m2", "construction21.org"),
        ),
        motion=turning(40.0),
        transition=Transition(kind="cut"),
        hold_s=45.0,
    )  # fmt: skip


def _heat() -> Stop:
    return Stop(
        id="heat",
        title=text(("La chaleur de l'Albien", "Heat from the Albian aquifer", "알비앙 대수층의 열", "حرارة طبقة ألبيان")),
        text=text((
            "Un doublet dans l'Albien, une boucle tempérée à 28 °C, des pompes à chaleur au pied des 18 immeubles. "
            "Profondeur des puits : 600 m (enerzine) ou 750 m (infodelimmo). Tracés synthétiques, valeurs simulées.",
            "A doublet into the Albian aquifer, a tempered loop at 28 °C, heat pumps at the foot of the 18 buildings. "
            "Depth of the wells: 600 m (enerzine) or 750 m (infodelimmo). Synthetic routes, simulated values.",
            "알비앙 대수층의 우물 한 쌍, 28 °C 미온 순환관, 18개 건물 아래의 열펌프. 우물 깊이는 "
            "600 m(enerzine) 또는 750 m(infodelimmo). 관로는 합성, 값은 시뮬레이션입니다.",
            "بئران في طبقة ألبيان، وحلقة معتدلة عند 28 °C، ومضخات حرارية أسفل 18 مبنى. عمق البئرين: "
            "600 متر (enerzine) أو 750 مترًا (infodelimmo). المسارات اصطناعية والقيم محاكاة.",
        )),
        notes=text((
            "Cliquer sur une pompe à chaleur pour montrer sa courbe du jour.",
            "Click a heat pump to show its curve of the day.",
            "열펌프를 클릭해 하루 곡선을 보여 줍니다.",
            "انقر مضخة حرارية لعرض منحنى يومها.",
        )),
        camera=camera(around_fort(360, 250, 190), (FX, FY + 5, -18), xray=True),
        at=NOON,
        layers=(*DIM, "heat_fort"),
        selection=(("heat_fort", "fort-plant"),),
        chart=("heat_fort", "fort-hp-01"),
        figures=(
            figure(("température de la boucle", "temperature of the loop", "순환관 온도", "حرارة الحلقة"), 28, "degC", "enerzine", date="2010"),
            figure(NEEDS, 78, "%", "enerzine", date="2010"),
            figure(("durée du contrat", "length of the contract", "계약 기간", "مدة العقد"), 25, "years", "enerzine", date="2010"),
        ),
        transition=Transition(duration_s=4.0),
        hold_s=60.0,
    )  # fmt: skip


def _waste() -> Stop:
    return Stop(
        id="waste",
        title=text(("Les déchets à 70 km/h", "Waste at 70 km/h", "시속 70 km의 쓰레기", "نفايات بسرعة 70 كم/س")),
        text=text((
            "115 bornes dans les halls et dehors, deux flux, des cuves enterrées : trois fois par semaine, un camion "
            "aspire depuis le bord du quartier. Isséane, à plus de 3 km, était trop loin pour une centrale fixe.",
            "115 inlets in halls and outdoors, two streams, buried tanks: three times a week a truck sucks them empty "
            "from the edge of the site. Isséane, more than 3 km away, was too far for a fixed terminal.",
            "건물 로비와 야외의 투입구 115개, 두 종류의 쓰레기, 지하 탱크. 일주일에 세 번 트럭이 동네 가장자리에서 "
            "빨아들입니다. 3 km 넘게 떨어진 이세안은 고정식 시설을 두기에 너무 멀었습니다.",
            "115 فتحة في المداخل وفي الخارج، ونوعان من النفايات، وخزانات مدفونة: ثلاث مرات أسبوعيًّا تشفطها شاحنة "
            "من طرف الحي. وكانت إيسيان، على أكثر من 3 كم، أبعد من أن تخدمها محطة ثابتة.",
        )),
        camera=camera(around_fort(300, 300, 150), (FX, FY, -8), xray=True),
        at=NOON,
        layers=(*DIM, "waste_tubes", "waste_rounds"),
        figures=(
            figure(("bornes", "inlets", "투입구", "فتحات"), 115, "", "monimmeuble", date="2013"),
            figure(("longueur du réseau", "length of the network", "관망 길이", "طول الشبكة"), 1.78, "km", "maisonapart", date="2013"),
            figure(("vitesse dans les tubes", "speed in the tubes", "관 속 속도", "السرعة في الأنابيب"), 70, "km/h", "monimmeuble", date="2013"),
            figure(("coût, sans les camions", "cost, without trucks", "비용 (트럭 제외)", "الكلفة دون الشاحنات"), 4.3, "M€", "monimmeuble, La Gazette", date="2013"),
        ),
        transition=Transition(duration_s=4.0),
        hold_s=50.0,
    )  # fmt: skip


def _school() -> Stop:
    return Stop(
        id="school",
        title=text(("Une école de bois et de paille", "A school of timber and straw", "나무와 짚으로 지은 학교", "مدرسة من الخشب والقش")),
        text=text((
            "L'école Louise-Michel, de Sonia Cortesse et Bernard Dufournet, ouverte le 3 septembre 2013 : premier "
            "bâtiment public français à étages isolé en paille. La cour est sur le toit, la chaufferie dessous.",
            "The Louise Michel school by Sonia Cortesse and Bernard Dufournet opened on 3 September 2013: the first "
            "multi-storey French public building insulated with straw. Playground on the roof, heat plant below.",
            "소니아 코르테스와 베르나르 뒤푸르네가 설계한 루이즈 미셸 학교는 2013년 9월 3일에 문을 열었습니다. 짚 단열재를 쓴 "
            "프랑스 최초의 다층 공공 건물이며, 운동장은 옥상에, 열원 시설은 지하에 있습니다.",
            "مدرسة لويز ميشيل، من تصميم سونيا كورتيس وبرنار دوفورنيه، افتُتحت في 3 سبتمبر 2013: أول مبنى عام فرنسي "
            "متعدد الطوابق معزول بالقش. ساحة اللعب على السطح ومحطة التدفئة في الأسفل.",
        )),
        camera=camera(around_fort(190, 110, 125), (FX, FY + 51, 6)),
        at=NOON,
        layers=(*CITY, *NAMES, "biosourced"),
        selection=(("buildings", "building-05507"),),
        figures=(
            figure(("bottes de paille", "bales of straw", "짚단", "بالات القش"), 7_000, "", "batiactu", date="2013", qualifier="about"),
            figure(("classes", "classes", "학급", "صفوف"), 14, "", "Le Moniteur", date="2013"),
            figure(("surface", "floor area", "바닥 면적", "المساحة"), 5_241, "m2", "Le Moniteur", date="2013"),
            figure(("surcoût", "extra cost", "추가 비용", "كلفة إضافية"), 15, "%", "France 3, batiactu", date="2013", qualifier="about"),
        ),
        transition=Transition(duration_s=4.0),
        hold_s=50.0,
    )  # fmt: skip


def _homes() -> Stop:
    return Stop(
        id="homes",
        title=text(("Des logements connectés", "Connected homes", "연결된 집", "مساكن متصلة")),
        text=text((
            "Un écran à l'entrée de chaque logement : lumière, chauffage, volets, consommation en direct. "
            "La ville parle de 95 % de satisfaits ; des habitants avouent s'en servir peu (Libération, 2015).",
            "A screen at the entrance of every home: light, heating, shutters, live consumption. The city speaks of "
            "95% satisfied; residents admit that they use it little (Libération, 2015).",
            "집집마다 현관에 화면이 있어 조명, 난방, 덧문, 실시간 사용량을 다룹니다. 시는 만족도가 95%라고 하지만, "
            "주민들은 별로 쓰지 않는다고도 합니다(리베라시옹, 2015).",
            "شاشة عند مدخل كل مسكن: الإنارة والتدفئة والمصاريع والاستهلاك المباشر. تتحدث المدينة عن نسبة رضا 95%، "
            "ويقرّ سكان بأنهم قلّما يستخدمونها (ليبراسيون، 2015).",
        )),
        camera=camera(around_fort(230, 40, 170), (FX - 10, FY - 20, 0)),
        at=moment("2026-04-14T18:30"),
        layers=(*CITY, "home_energy"),
        figures=(
            figure(("logements équipés", "homes equipped", "설치된 집", "مساكن مجهزة"), 1_620, "", "Sénat, r16-509"),
            figure(("satisfaits, selon la ville", "satisfied, says the city", "만족 (시 발표)", "راضون بحسب المدينة"), 95, "%", "Sénat, r16-509"),
            figure(("disent que leur facture a baissé", "say that bills fell", "요금이 줄었다고 응답", "يقولون إن فواتيرهم انخفضت"), 70, "%", "Sénat, r16-509"),
        ),
        transition=Transition(duration_s=4.0),
        hold_s=45.0,
    )  # fmt: skip


def _sharing() -> Stop:
    return Stop(
        id="sharing",
        title=text(("Partager", "Sharing", "함께 쓰기", "المشاركة")),
        text=text((
            "Des voitures partagées figuraient au projet du Fort. Zity a quitté Issy le 15 janvier 2024 : rien n'est "
            "montré en direct ici, faute de flux : stations et voitures sont inventées. Le verger se partage toujours.",
            "Shared cars were part of the Fort's project. Zity left Issy on 15 January 2024: nothing is shown live "
            "here, for want of a feed: stations and cars are made up. The orchard is still shared.",
            "공유 자동차는 요새 사업의 일부였습니다. 지티는 2024년 1월 15일 이시를 떠났고, 받을 수 있는 자료가 없어 "
            "실시간으로 보여 주는 것은 없습니다. 보이는 정류소와 차량은 지어낸 것입니다. 과수원은 지금도 함께 씁니다.",
            "كانت السيارات المشتركة جزءًا من مشروع الحصن. غادرت «زيتي» إيسي في 15 يناير 2024: لا شيء يُعرض مباشرة هنا "
            "لعدم توفر بيانات: المحطات والسيارات افتراضية. أما البستان فما زال مشتركًا.",
        )),
        camera=camera(around_fort(230, 225, 150), (FX, FY, 0)),
        at=moment("2026-04-14T09:00"),
        layers=(*CITY, "car_sharing"),
        figures=(
            figure(("arbres fruitiers", "fruit trees", "과일나무", "أشجار مثمرة"), 300, "", "construction21.org; usinenouvelle: 350"),
            figure(("Isséens qui utilisaient Autolib'", "Issy residents who used Autolib'", "오토리브 이용 주민", "مستخدمو أوتوليب من السكان"),
                5_000, "", "France 3", date="2019"),
        ),
        motion=turning(60.0),
        transition=Transition(duration_s=4.0),
        hold_s=45.0,
    )  # fmt: skip


def tell() -> Story:
    """Return the story."""
    return story(
        "fort",
        (
            "Fort d'Issy : chaleur, déchets, bois et paille, partage",
            "Fort d'Issy: heat, waste, wood and straw, sharing",
            "이시 요새: 열, 쓰레기, 나무와 짚, 함께 쓰기",
            "حصن إيسي: حرارة ونفايات وخشب وقش ومشاركة",
        ),
        (
            "Ce qu'un quartier entier met en commun.",
            "What a whole neighbourhood has in common.",
            "한 동네 전체가 함께 나누는 것들.",
            "ما يتقاسمه حي بأكمله.",
        ),
        (_place(), _heat(), _waste(), _school(), _homes(), _sharing()),
    )
