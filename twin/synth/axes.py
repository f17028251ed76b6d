"""Facts of the demo city, rounded: main streets, bridges, rail lines and stations.

Short coordinates as in :mod:`twin.synth.geography`. Courses are general knowledge, true to one
or two building depths; widths are those of the class.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.synth.plane import Xy


@dataclass(frozen=True)
class StreetClass:
    """Widths of a class of street, metres: the whole corridor and its carriageway."""

    corridor_m: float
    carriageway_m: float
    tree_step_m: float = 0.0


CLASSES = {
    "motorway": StreetClass(44.0, 32.0),
    "boulevard": StreetClass(25.0, 14.0, 10.5),
    "avenue": StreetClass(19.0, 9.5, 12.0),
    "street": StreetClass(12.5, 6.5),
    "lane": StreetClass(8.0, 4.5),
    "path": StreetClass(4.0, 2.5),
}


@dataclass(frozen=True)
class Axis:
    """A main street: name, class, course; ``bridge`` spans water or rail on a deck."""

    name: str
    kind: str
    course: Xy
    bridge: bool = False


QUAYS = (  # name, bank, offset inland, from and to as fractions of the bank
    ("Quai du Président Roosevelt", "left", 22.0, 0.06, 0.365),
    ("Quai de la Bataille de Stalingrad", "left", 20.0, 0.365, 0.765),
    ("Route de Vaugirard", "left", 20.0, 0.765, 1.0),
    ("Quai Saint-Exupéry", "right", 22.0, 0.0, 0.22),
    ("Quai du Point du Jour", "right", 22.0, 0.22, 0.56),
    ("Quai Georges Gorse", "right", 22.0, 0.56, 1.0),
)

AXES: tuple[Axis, ...] = (
    # Issy
    Axis("Boulevard Gallieni", "boulevard",
        ((6190, 9720), (6180, 9400), (6200, 9000), (6212, 8890), (6232, 8600))),
    Axis("Rue Rouget de Lisle", "avenue", ((5820, 9180), (5890, 9050), (6050, 8955), (6212, 8890))),
    Axis("Boulevard des Frères Voisin", "boulevard", ((6212, 8890), (6450, 8868), (6697, 8895))),
    Axis("Boulevard Gambetta", "boulevard", ((6697, 8895), (6900, 8862), (7070, 8805))),
    Axis("Rue Ernest Renan", "avenue",
        ((7070, 8805), (7160, 8850), (7250, 8925), (7380, 9030), (7480, 9150), (7570, 9250),
        (7700, 9360))),
    Axis("Rue du Général Leclerc", "avenue",
        ((7070, 8805), (7035, 8695), (6900, 8608), (6750, 8528), (6625, 8460))),
    Axis("Avenue Victor Cresson", "avenue",
        ((6625, 8460), (6530, 8415), (6340, 8345), (6225, 8300), (6120, 8262), (5900, 8190),
        (5720, 8130))),
    Axis("Avenue de Verdun", "avenue",
        ((5720, 8130), (5590, 8075), (5400, 8005), (5225, 7928), (5030, 7825), (4850, 7720),
        (4620, 7590), (4420, 7480), (4250, 7440))),
    Axis("Rue Aristide Briand", "avenue",
        ((5720, 8130), (5530, 8175), (5344, 8182), (5180, 8150), (5010, 8130), (4955, 8160))),
    Axis("Rue Jean-Jacques Rousseau", "street",
        ((6052, 8550), (5950, 8390), (5850, 8350), (5650, 8325), (5460, 8300), (5290, 8245),
        (5180, 8150))),
    Axis("Boulevard Garibaldi", "boulevard",
        ((6232, 8600), (6052, 8550), (5880, 8478), (5740, 8450), (5640, 8500), (5530, 8655))),
    Axis("Rue du Gouverneur Général Éboué", "street",
        ((6697, 8895), (6575, 8785), (6400, 8690), (6232, 8600))),
    Axis("Rue Kléber", "street", ((6575, 8785), (6545, 8670), (6545, 8560), (6625, 8460))),
    Axis("Rue Danton", "street", ((6400, 8690), (6450, 8580), (6530, 8415))),
    Axis("Rue Diderot", "street", ((6232, 8600), (6235, 8450), (6225, 8300))),
    Axis("Rue Hoche", "street", ((6232, 8600), (6340, 8470), (6340, 8345))),
    Axis("Avenue Jean Bouin", "avenue", ((6052, 8550), (6080, 8664), (6100, 8800), (6130, 8922))),
    Axis("Rue Camille Desmoulins", "avenue",
        ((6195, 9170), (6000, 9090), (5890, 8980), (5723, 8813), (5655, 8735), (5560, 8620))),
    Axis("Rue du Passeur de Boulogne", "street",
        ((5690, 8960), (5790, 8880), (5960, 8770), (6095, 8760))),
    Axis("Boulevard Voltaire", "avenue",
        ((7070, 8805), (7160, 8700), (7280, 8560), (7440, 8350), (7530, 8200))),
    Axis("Rue de Vanves", "street",
        ((6625, 8460), (6800, 8385), (7000, 8345), (7230, 8320), (7480, 8265))),
    Axis("Rue Auguste Gervais", "street", ((6625, 8460), (6645, 8300), (6640, 8170))),
    Axis("Rue Marcelin Berthelot", "street", ((6530, 8415), (6550, 8290), (6640, 8170))),
    Axis("Rue de l'Abbé Grégoire", "street",
        ((6640, 8170), (6700, 8172), (6810, 8235), (6950, 8200), (7060, 8090), (7180, 8010))),
    Axis("Rue Minard", "street", ((6800, 8385), (6815, 8235))),
    Axis("Rue Jules Guesde", "street", ((6810, 8235), (6900, 8080), (7050, 7935))),
    Axis("Avenue du Général de Gaulle", "avenue",
        ((7280, 8100), (7180, 8010), (7050, 7935), (6900, 7770), (6760, 7600), (6700, 7440))),
    Axis("Rue du Moulin de Pierre", "street",
        ((6640, 8170), (6690, 8040), (6720, 7880), (6690, 7700), (6660, 7560), (6690, 7440))),
    Axis("Rue du Fort", "street",
        ((6690, 8040), (6560, 7960), (6350, 7945), (6180, 7910), (6085, 7800), (6060, 7640),
        (6110, 7480), (6190, 7420))),
    Axis("Avenue Bourgain", "street",
        ((6690, 7700), (6590, 7690), (6600, 7540), (6540, 7445), (6190, 7420), (6000, 7390))),
    Axis("Rue de l'Égalité", "street", ((6225, 8300), (6200, 8130), (6180, 7910))),
    Axis("Rue Henri Tariel", "street", ((6340, 8345), (6390, 8170), (6350, 7945))),
    Axis("Rue de la Défense", "street", ((6550, 8290), (6530, 8120), (6560, 7960))),
    Axis("Rue Pierre Brossolette", "street",
        ((5900, 8190), (5930, 8060), (5910, 7900), (5900, 7720), (5960, 7560), (6000, 7390),
        (5990, 7310))),
    Axis("Boulevard Rodin", "avenue",
        ((5640, 8040), (5655, 7930), (5640, 7860), (5650, 7700), (5700, 7560), (5790, 7430),
        (5800, 7300))),
    Axis("Rue des Épinettes", "street", ((5655, 7930), (5780, 7870), (5910, 7900), (6085, 7800))),
    Axis("Rue d'Alembert", "street", ((5640, 7690), (5750, 7640), (5900, 7640), (6060, 7640))),
    Axis("Rue de la Galiote", "street", ((5640, 7860), (5420, 7920), (5290, 7880))),
    Axis("Rue de l'Avenir", "street",
        ((5650, 7700), (5540, 7660), (5420, 7710), (5250, 7680), (5080, 7650))),
    Axis("Rue de Meudon", "street",
        ((5010, 8130), (4870, 8035), (4640, 7945), (4400, 7870), (4200, 7850), (4000, 7900))),
    Axis("Rue Jean-Pierre Timbaud", "street", ((4870, 8035), (4940, 7960), (5030, 7825))),
    Axis("Rue du Docteur Lombard", "street", ((5010, 8130), (5080, 7990), (5225, 7928))),
    Axis("Rue Guynemer", "avenue", ((6697, 8895), (6870, 9055), (7075, 9226), (7215, 9325))),
    Axis("Rue Séverine", "street", ((6900, 8862), (6990, 9000), (7100, 9130), (7215, 9325))),
    Axis("Rue Maurice Mallet", "street", ((7170, 9220), (7330, 9120), (7430, 9090))),
    Axis("Rue Foucher-Lepelletier", "street", ((7060, 9080), (7200, 9000), (7280, 8950))),
    Axis("Boulevard des Îles", "street",
        ((4420, 8190), (4560, 8235), (4740, 8310), (4913, 8395), (5080, 8480), (5170, 8570))),
    Axis("Rue Bara", "street", ((6180, 9265), (6225, 9300), (6420, 9485), (6480, 9640))),
    Axis("Rue du Colonel Pierre Avia", "street",
        ((6600, 8890), (6640, 9010), (6805, 9120), (6990, 9330), (7080, 9440))),
    # bridges
    Axis("Pont d'Issy", "boulevard",
        ((5805, 9200), (5690, 9300), (5560, 9395), (5480, 9480)), bridge=True),
    Axis("Pont de Billancourt", "avenue", ((4955, 8160), (4940, 8235), (4926, 8300)), bridge=True),
    Axis("Rue du Pont de Billancourt", "avenue", ((4926, 8300), (4913, 8395), (4898, 8475))),
    Axis("Pont de Billancourt", "avenue",
        ((4898, 8475), (4880, 8520), (4865, 8570), (4830, 8690), (4820, 8720)), bridge=True),
    Axis("Pont aval", "motorway",
        ((6270, 9730), (6100, 9790), (5900, 9880), (5760, 9960)), bridge=True),
    # Boulogne
    Axis("Avenue du Général Leclerc", "boulevard",
        ((3050, 9000), (3500, 9120), (3940, 9295), (4500, 9560))),
    Axis("Avenue Édouard Vaillant", "boulevard",
        ((4500, 9560), (5100, 9800), (5480, 9960), (5640, 10100), (5800, 10400))),
    Axis("Boulevard Jean Jaurès", "avenue",
        ((4820, 8720), (4746, 8850), (4600, 9250), (4500, 9560), (4350, 9900), (4200, 10400))),
    Axis("Boulevard de la République", "avenue",
        ((5480, 9480), (5220, 9370), (4820, 9440), (4500, 9560))),
    Axis("Rue du Point du Jour", "street",
        ((5220, 9370), (4900, 9160), (4640, 9010), (4330, 8880), (3780, 8840), (3400, 8900))),
    Axis("Avenue Pierre Grenier", "street",
        ((4820, 8720), (5000, 8900), (5220, 9100), (5480, 9480))),
    Axis("Rue de Billancourt", "street",
        ((4105, 8480), (4100, 8850), (4090, 9365), (4000, 9900), (3950, 10400))),
    Axis("Rue de Silly", "street", ((3940, 9295), (3780, 9440), (3700, 9900), (3650, 10400))),
    Axis("Avenue Victor Hugo", "street", ((4500, 9560), (4800, 9900), (5000, 10400))),
    Axis("Cours de l'Île Seguin", "avenue", ((3700, 8600), (3730, 8850), (3760, 9210))),
    # Paris
    Axis("Boulevard périphérique", "motorway",
        ((6270, 9730), (6600, 9710), (6900, 9600), (7260, 9420), (7620, 9230), (7920, 8980),
        (8200, 8650), (8700, 8200))),
    Axis("Boulevard périphérique", "motorway", ((5760, 9960), (5640, 10180), (5600, 10450))),
    Axis("Boulevard Victor", "boulevard",
        ((6330, 10060), (6700, 9960), (7040, 9830), (7400, 9650), (7740, 9420), (8100, 9180),
        (8700, 8760))),
    Axis("Avenue de la Porte de Sèvres", "avenue",
        ((7040, 9830), (6930, 9600), (6880, 9450), (6990, 9330))),
    Axis("Rue de Vaugirard", "avenue", ((7740, 9420), (8000, 9700), (8350, 10100), (8700, 10500))),
    Axis("Rue Lecourbe", "avenue", ((7040, 9830), (7400, 9990), (7900, 10450))),
    Axis("Avenue Félix Faure", "avenue", ((7040, 9830), (7150, 10100), (7260, 10450))),
    Axis("Rue Balard", "avenue", ((7040, 9830), (6900, 10100), (6750, 10450))),
    Axis("Rue de la Convention", "avenue",
        ((7300, 10450), (7900, 10120), (8350, 9900), (8700, 9800))),
    Axis("Rue Olivier de Serres", "street", ((8000, 9250), (8150, 9600), (8350, 9900))),
    Axis("Rue Henry Farman", "avenue", ((6180, 9500), (6340, 9640), (6510, 9630), (6880, 9450))),
    # Vanves, Malakoff
    Axis("Boulevard du Lycée", "street", ((7160, 8700), (7560, 8640), (8050, 8790), (8330, 8510))),
    Axis("Rue Jean Bleuzen", "avenue",
        ((7920, 8980), (7700, 8520), (7530, 8200), (7480, 7900), (7390, 7560))),
    Axis("Avenue Victor Hugo", "street", ((7530, 8200), (7785, 8400), (8060, 8570), (8330, 8510))),
    Axis("Avenue Victor Basch", "avenue",
        ((7530, 8200), (7760, 8030), (8010, 7860), (8300, 7760), (8700, 7700))),
    Axis("Rue Larmeroux", "street", ((7050, 7935), (7200, 7680), (7290, 7540))),
    Axis("Rue Sadi Carnot", "street", ((7280, 8100), (7500, 8060))),
    Axis("Boulevard Gabriel Péri", "boulevard",
        ((8700, 8620), (8450, 8200), (8250, 7820), (8080, 7500), (7700, 7340))),
    # Clamart, Meudon
    Axis("Boulevard de Stalingrad", "avenue", ((7700, 7340), (8100, 7120), (8700, 6900))),
    Axis("Rue Paul Vaillant-Couturier", "avenue",
        ((7390, 7560), (7700, 7340), (7820, 6900), (7900, 6400))),
    Axis("Avenue Jean Jaurès", "avenue",
        ((6760, 7320), (6510, 7240), (6250, 7150), (5950, 7000), (5600, 6760), (5400, 6400))),
    Axis("Boulevard du Colonel Fabien", "avenue", ((6760, 7320), (7020, 7330), (7390, 7560))),
    Axis("Rue de Châtillon", "avenue", ((6760, 7320), (6850, 7000), (6960, 6400))),
    Axis("Avenue Henri Barbusse", "avenue",
        ((5800, 7300), (5690, 7190), (5530, 7066), (5380, 6960), (5100, 6700), (4900, 6400))),
    Axis("Rue de Fleury", "street", ((5530, 7066), (5250, 7230), (5080, 7400), (4850, 7720))),
    Axis("Rue de la République", "avenue",
        ((4250, 7440), (4080, 7230), (3980, 6900), (3900, 6400))),
    Axis("Route des Gardes", "avenue",
        ((3700, 8180), (3560, 7850), (3500, 7400), (3520, 7000), (3640, 6700))),
    Axis("Rue des Galons", "street", ((4420, 7480), (4560, 7200), (4700, 6900), (4620, 6400))),
    Axis("Rue de Paris", "street", ((4000, 7900), (3800, 7500), (3850, 7150), (3980, 6900))),
    Axis("Avenue du Château", "street", ((3520, 7000), (3750, 6950), (3980, 6900))),
)  # fmt: skip


@dataclass(frozen=True)
class Rail:
    """A railway or tramway line; in a tunnel (``level``) it leaves the surface alone."""

    name: str
    kind: str
    width_m: float
    course: Xy
    level: str = "ground"


RAILS: tuple[Rail, ...] = (
    Rail("RER C", "rail", 15.0,
        ((6680, 10400), (6470, 10100), (6225, 9780), (6085, 9560), (6020, 9350), (5985, 9200),
        (5905, 9010), (5830, 8840), (5785, 8650), (5755, 8450), (5700, 8280), (5625, 8110),
        (5511, 7954), (5380, 7870), (5200, 7790), (5000, 7695), (4800, 7585), (4600, 7480),
        (4440, 7415), (4250, 7340))),
    Rail("RER C", "rail", 15.0, ((4250, 7340), (3900, 7150), (3300, 6900), (3000, 6800)), "tunnel"),
    Rail("Tramway T2", "tram", 10.0,
        ((3050, 8560), (3200, 8420), (3420, 8270), (3650, 8165), (3900, 8070), (4094, 7990),
        (4250, 7972), (4420, 7965), (4640, 8005), (4850, 8080), (5032, 8185), (5200, 8262),
        (5400, 8372), (5600, 8475), (5700, 8550), (5765, 8680), (5810, 8850), (5885, 9020),
        (5963, 9205), (6040, 9345), (6120, 9450), (6270, 9590), (6400, 9650), (6520, 9645),
        (6700, 9580), (6917, 9484), (7100, 9390), (7240, 9320), (7420, 9300), (7620, 9340))),
    Rail("Montparnasse – Versailles", "rail", 26.0,
        ((8700, 8120), (8300, 7950), (8000, 7810), (7600, 7630), (7300, 7530), (7000, 7430),
        (6724, 7378), (6400, 7345), (6100, 7270), (5800, 7190), (5400, 7010), (5000, 6820),
        (4600, 6600), (4200, 6410), (4000, 6330))),
    Rail("M12", "metro", 8.0,
        ((7740, 9420), (7570, 9260), (7250, 8935), (7080, 8800), (6900, 8612), (6674, 8495),
        (6560, 8430)), "tunnel"),
    Rail("M15 (works)", "metro", 10.0,
        ((3100, 9250), (3900, 8700), (4700, 8150), (5511, 8010), (6100, 7850), (6724, 7400),
        (7400, 7000), (8600, 6700)), "tunnel"),
)  # fmt: skip


@dataclass(frozen=True)
class Station:
    """A station: names, lines that call there, position in short coordinates."""

    name_fr: str
    name_en: str
    lines: str
    at: tuple[float, float]
    rank: int = 1


STATIONS: tuple[Station, ...] = (
    Station("Mairie d'Issy", "Mairie d'Issy", "M12", (6675, 8495)),
    Station("Corentin Celton", "Corentin Celton", "M12", (7085, 8800)),
    Station("Issy", "Issy", "RER C, M15 (works)", (5510, 7955)),
    Station("Issy – Val de Seine", "Issy – Val de Seine", "RER C, T2", (5975, 9200)),
    Station("Les Moulineaux", "Les Moulineaux", "T2", (5030, 8185)),
    Station("Jacques-Henri Lartigue", "Jacques-Henri Lartigue", "T2", (5700, 8550)),
    Station("Clamart", "Clamart", "Line N, M15 (works)", (6725, 7378), 2),
    Station("Porte d'Issy", "Porte d'Issy", "T2", (7255, 9320), 2),
    Station("Henri Farman", "Henri Farman", "T2", (6510, 9645), 3),
    Station("Suzanne Lenglen", "Suzanne Lenglen", "T2", (6917, 9485), 3),
    Station("Meudon-sur-Seine", "Meudon-sur-Seine", "T2", (4095, 7990), 3),
    Station("Meudon – Val Fleury", "Meudon – Val Fleury", "RER C", (4430, 7412), 3),
    Station("Vanves – Malakoff", "Vanves – Malakoff", "Line N", (8000, 7810), 3),
)
