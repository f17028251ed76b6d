"""Facts of the demo city, rounded: parks and other sites, landmarks, and the character of districts.

Short coordinates as in :mod:`twin.synth.geography`. Outlines of sites are simplified to a few corners.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.synth.plane import Xy


@dataclass(frozen=True)
class Site:
    """A piece of land that is not divided into blocks.

    ``kind``: park, garden, square, cemetery, sport, forest, heliport, halls, hospital, civic.
    """

    name_fr: str
    name_en: str
    kind: str
    outline: Xy
    rank: int = 3


SITES: tuple[Site, ...] = (
    Site("Parc Rodin", "Rodin park", "park",
        ((5400, 7940), (5640, 7880), (5660, 7690), (5540, 7640), (5410, 7700), (5385, 7800)), 2),
    Site("Parc Henri Barbusse", "Henri Barbusse park", "park",
        ((5910, 8095), (6165, 8110), (6185, 7910), (6085, 7860), (6010, 7840), (5910, 7900)), 2),
    Site("Cimetière d'Issy", "Issy cemetery", "cemetery",
        ((5640, 7870), (5650, 7940), (5780, 7890), (5800, 7630), (5640, 7690))),
    Site("Parc de la Résistance", "Résistance park", "park",
        ((5095, 8040), (5170, 8020), (5215, 7950), (5160, 7965), (5100, 7995))),
    Site("Parc de Nahariya", "Nahariya park", "park",
        ((5500, 7600), (5600, 7640), (5640, 7560), (5580, 7525), (5545, 7505))),
    Site("Jardin botanique", "Botanical garden", "garden",
        ((5130, 7745), (5230, 7790), (5290, 7740), (5250, 7695), (5150, 7680))),
    Site("Parc Jean-Paul II", "Jean-Paul II park", "park",
        ((6880, 8600), (7000, 8670), (7030, 8520), (6990, 8345), (6870, 8370))),
    Site("Jardins de l'Hôtel de Ville", "Town hall gardens", "garden",
        ((6560, 8560), (6605, 8550), (6690, 8600), (6660, 8690), (6550, 8680)), 4),
    Site("Place de l'Hôtel de Ville", "Town hall square", "square",
        ((6625, 8450), (6745, 8520), (6712, 8580), (6605, 8525)), 2),
    Site("Parc de l'Abbé Derry", "Abbé Derry park", "park",
        ((7040, 8310), (7120, 8310), (7140, 8250), (7080, 8225), (7030, 8245)), 4),
    Site("Parc municipal des sports", "Municipal sports park", "sport",
        ((6080, 8920), (6225, 8905), (6245, 8590), (6040, 8540))),
    Site("Square de Weiden", "Weiden square", "square",
        ((6240, 8330), (6300, 8350), (6310, 8380), (6245, 8380)), 5),
    Site("Hôpital Corentin-Celton", "Corentin-Celton hospital", "hospital",
        ((6915, 8880), (7055, 8835), (7120, 8870), (7050, 9060), (7010, 8995), (6960, 8940)), 3),
    Site("Parc de l'Île Saint-Germain", "Île Saint-Germain park", "park",
        ((5070, 8660), (5200, 8390), (5420, 8520), (5680, 8830), (5760, 9080), (5760, 9290), (5600, 9210),
        (5300, 8900)), 1),
    Site("Jardins imprévus de l'Île", "Island allotments", "garden",
        ((4070, 8160), (4070, 8200), (4250, 8245), (4400, 8310), (4415, 8080), (4250, 8110)), 5),
    Site("Square Bonvin", "Bonvin square", "square",
        ((5770, 8220), (5850, 8235), (5850, 8290), (5770, 8280)), 5),
    # Paris
    Site("Héliport de Paris", "Paris heliport", "heliport",
        ((6180, 8860), (6610, 8860), (6640, 9010), (6760, 9090), (6640, 9200), (6420, 9490),
        (6180, 9270)), 2),
    Site("Stade Suzanne-Lenglen", "Suzanne-Lenglen stadium", "sport",
        ((6640, 9200), (6760, 9090), (6805, 9120), (6990, 9330), (6880, 9450), (6540, 9650), (6420, 9490))),
    Site("Parc des Expositions", "Exhibition centre", "halls",
        ((7500, 9130), (7830, 8945), (7900, 8980), (7640, 9200), (7580, 9215)), 3),
    Site("Parc des Expositions", "Exhibition centre", "halls",
        ((7680, 9280), (7760, 9360), (8030, 9190), (8180, 8960), (8060, 8860), (7950, 9000)), 4),
    Site("Parc André-Citroën", "André-Citroën park", "park",
        ((6560, 10350), (6700, 10350), (6880, 10060), (6700, 10010), (6480, 10180)), 4),
    # Vanves, Malakoff
    Site("Parc Frédéric-Pic", "Frédéric-Pic park", "park",
        ((7500, 8040), (7650, 8060), (7700, 7900), (7620, 7830), (7500, 7860)), 4),
    Site("Parc des sports de Vanves", "Vanves sports park", "sport",
        ((7480, 8620), (7620, 8610), (7640, 8500), (7520, 8460), (7440, 8480)), 5),
    # Boulogne
    Site("Cimetière de Boulogne", "Boulogne cemetery", "cemetery",
        ((4960, 9330), (5110, 9290), (5180, 9190), (5060, 9110), (4960, 9150)), 5),
    Site("Parc de Billancourt", "Billancourt park", "park",
        ((3780, 8820), (4080, 8840), (4080, 8700), (3960, 8660), (3760, 8700)), 4),
    Site("Square de l'Hôtel de Ville", "Town hall square of Boulogne", "garden",
        ((4200, 9760), (4330, 9790), (4370, 9680), (4230, 9640)), 5),
    Site("Pointe de l'Île Seguin", "Île Seguin, upstream gardens", "garden",
        ((3760, 8300), (3760, 8600), (4120, 8420), (4120, 8280)), 5),
    # Meudon, Clamart
    Site("Forêt de Meudon", "Meudon forest", "forest",
        ((3000, 6300), (3000, 6690), (3300, 6720), (3560, 6660), (3830, 6560), (3880, 6300)), 3),
    Site("Terrasse de Meudon", "Meudon terrace", "garden",
        ((3580, 6930), (3700, 6940), (3960, 6760), (3900, 6600), (3700, 6680)), 4),
    Site("Parc du Val Fleury", "Val Fleury park", "park",
        ((4290, 7380), (4390, 7380), (4500, 7120), (4410, 7000), (4290, 7130)), 5),
    Site("Bois de Clamart", "Clamart woods", "forest",
        ((4700, 6300), (4640, 6560), (4820, 6650), (5060, 6560), (5380, 6650), (5420, 6300)), 4),
    Site("Coteau des Brillants", "Brillants hillside", "forest",
        ((3600, 7950), (3780, 7860), (3740, 7600), (3600, 7480), (3550, 7700)), 5),
    Site("Parc Henri Matisse", "Henri Matisse park", "park",
        ((6100, 7080), (6300, 7130), (6380, 7010), (6300, 6890), (6120, 6930)), 5),
    Site("Cimetière de Clamart", "Clamart cemetery", "cemetery",
        ((7120, 6990), (7330, 7010), (7350, 6850), (7150, 6830)), 5),
)  # fmt: skip


@dataclass(frozen=True)
class Landmark:
    """A building that people know: placed by its centre, turned by ``heading_deg`` from east."""

    name_fr: str
    name_en: str
    shape: str
    use: str
    at: tuple[float, float]
    heading_deg: float
    length_m: float
    width_m: float
    height_m: float
    storeys: int
    year: int
    wall: str
    rank: int = 3


LANDMARKS: tuple[Landmark, ...] = (
    Landmark("Hôtel de Ville", "Town hall",
        "town_hall", "public", (6655, 8562), 29, 54, 19, 17, 4, 1895, "stone", 1),
    Landmark("Église Saint-Étienne", "Saint-Étienne church",
        "church", "public", (6600, 8118), 5, 46, 22, 14, 1, 1661, "stone"),
    Landmark("Église Sainte-Lucie", "Sainte-Lucie church",
        "church", "public", (5125, 8105), 20, 36, 17, 12, 1, 1938, "brick", 4),
    Landmark("Musée français de la carte à jouer", "Playing card museum",
        "hall", "public", (6675, 8345), 95, 34, 16, 11, 3, 1997, "stone", 4),
    Landmark("Tour Sequana", "Sequana tower",
        "tower", "office", (6242, 9482), 88, 52, 34, 99, 24, 2010, "glass", 2),
    Landmark("Isséane", "Isséane waste-to-energy plant",
        "plant", "industry", (5958, 9348), 66, 150, 62, 21, 3, 2007, "timber", 3),
    Landmark("Séminaire Saint-Sulpice", "Saint-Sulpice seminary",
        "court", "school", (6915, 8565), -58, 74, 56, 17, 4, 1898, "stone", 4),
    Landmark("Tour aux Figures", "Tower with Figures",
        "folly", "public", (5480, 8905), 30, 12, 11, 24, 1, 1988, "concrete", 3),
)  # fmt: skip

DISTRICTS: tuple[tuple[str, tuple[tuple[float, float], ...]], ...] = (
    ("offices", ((6000, 9280), (6120, 9500), (5930, 9130), (5690, 8880), (6060, 8880), (5610, 8690),
        (6080, 9060), (5960, 8960), (5900, 9400), (4960, 8440), (6290, 9560), (6130, 9250),
        (6130, 9130),
        (6630, 9750), (6300, 9850), (5330, 9330), (3900, 8640), (3600, 8480), (4150, 8560))),
    ("modern", ((5900, 8680), (5970, 8570), (5800, 8560), (5500, 8430), (5380, 8300), (5200, 8210),
        (4790, 8360), (4990, 8070), (4900, 8060), (4860, 7920), (5060, 7930), (6800, 8660),
        (6850, 8700),
        (5650, 8420), (4400, 8640), (3900, 8800), (3500, 8850), (4600, 8650), (6700, 10060),
        (3500, 8280),
        (6480, 8600), (4600, 8000))),
    ("perimeter", ((6800, 8830), (6560, 8850), (6650, 8720), (6430, 8500), (6320, 8520),
        (6150, 8470),
        (7130, 8960), (7330, 9060), (7000, 8760), (7060, 8640), (6480, 8330), (6980, 9100),
        (6330, 8760),
        (6850, 9000), (6300, 8400), (5000, 9600), (4500, 9300), (4200, 9100), (4300, 9700),
        (3600, 9700),
        (3900, 10000), (4700, 10100), (5300, 9700), (5300, 10200), (3400, 9300), (7000, 10200),
        (7500, 9900), (7900, 9700), (8200, 10100), (8300, 9500), (7300, 10300), (8100, 9250),
        (8400, 9100),
        (6400, 10300), (7200, 9620), (5000, 8980), (4750, 9000))),
    ("faubourg", ((5900, 8300), (6050, 8350), (6130, 8200), (6430, 8250), (5800, 8250),
        (6720, 8300),
        (6900, 8330), (7080, 8440), (7000, 8200), (5550, 8240), (5300, 8100), (5450, 8080),
        (5080, 8060),
        (4720, 7960), (7150, 9100), (7250, 9150), (6280, 8200), (7700, 8700), (7600, 8300),
        (7800, 8200),
        (8300, 8300), (8200, 8050), (8400, 7600), (7900, 7600), (7300, 8450), (8400, 8900),
        (4300, 7900),
        (6750, 7250), (6600, 7300), (4350, 7450), (4150, 7500), (7700, 7100), (8300, 7100),
        (6900, 7250))),
    ("slabs", ((5960, 7800), (5930, 7580), (6660, 7920), (5720, 7970), (5560, 7980),
        (8000, 7350), (5900, 6800), (7600, 7850), (4500, 7700), (8350, 8750), (4000, 7620),
        (6770, 7850))),
    ("houses", ((6280, 8060), (6450, 8060), (7000, 7980), (6020, 8140), (6150, 7480), (6350, 7390), (6640, 7550),
        (6810, 7720), (6820, 8050), (7150, 8120), (5600, 7440), (5780, 7560), (5350, 7790),
        (5330, 7700),
        (5120, 7690), (6620, 7660), (5950, 7990), (4560, 8260), (5100, 8460), (6100, 7700),
        (4950, 7720),
        (4700, 7800), (5900, 7420), (5600, 7200), (5200, 7400), (5000, 7000), (6200, 6800),
        (6700, 6900),
        (7200, 7200), (4600, 7300), (3900, 7300), (3600, 7300), (3300, 7400), (4200, 6700),
        (7200, 6600),
        (8000, 6600), (5700, 6600), (7200, 7800), (3400, 7900), (6200, 7220), (7500, 7250),
        (3300, 7000))),
)  # fmt: skip
"""Seeds: a block has the character of the nearest one."""

CITY_LABELS: tuple[tuple[str, str, tuple[float, float], int], ...] = (
    ("Issy-les-Moulineaux", "Issy-les-Moulineaux", (6330, 8440), 0),
    ("Val de Seine", "Val de Seine", (5960, 8990), 1),
    ("Corentin Celton", "Corentin Celton", (7040, 8730), 3),
    ("Les Épinettes", "Les Épinettes", (5850, 7780), 3),
    ("Les Moulineaux", "Les Moulineaux", (4960, 8010), 2),
    ("La Ferme", "La Ferme", (5460, 8180), 3),
    ("Centre-Ville", "Town centre", (6480, 8480), 2),
    ("Les Hauts d'Issy", "Les Hauts d'Issy", (6850, 8130), 3),
    ("Le Fort d'Issy", "Fort d'Issy", (6355, 7690), 1),
    ("Cœur de Ville", "Issy Cœur de Ville", (6800, 8655), 2),
    ("Boulogne-Billancourt", "Boulogne-Billancourt", (4600, 9450), 1),
    ("Paris 15e", "Paris, 15th district", (7650, 9950), 1),
    ("Vanves", "Vanves", (7560, 8260), 1),
    ("Malakoff", "Malakoff", (8250, 7600), 2),
    ("Clamart", "Clamart", (6400, 6850), 1),
    ("Meudon", "Meudon", (4100, 7150), 1),
    ("La Seine", "The Seine", (5240, 8880), 1),
)
