"""Places and buildings of city services for the demo: what they offer, when, what they use, what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from twin.synth import geography
from twin.synth.open_files import Writer, along, lonlat, write_csv
from twin.synth.plane import chance

if TYPE_CHECKING:
    import geopandas as gpd

NOTICE = "synthetic"
SCHOOL = "École Louise-Michel"
SERVICES = (
    ("health", "Centre de santé", "Mo-Fr 08:00-20:00; Sa 09:00-13:00", 240),
    ("health", "Pharmacie de garde", "24/7", 180),
    ("safety", "Poste de police municipale", "24/7", 60),
    ("safety", "Centre de secours", "24/7", 20),
    ("environment", "Ressourcerie", "Tu-Sa 10:00-18:00", 120),
    ("environment", "Déchèterie", "Mo-Sa 09:00-12:00,14:00-18:00", 150),
    ("education", "Médiathèque", "Tu-Fr 10:00-19:00; Sa 10:00-18:00", 520),
    ("education", "École numérique", "Mo-Fr 08:20-16:30", 310),
    ("port", "Port de plaisance", "Mo-Su 08:00-20:00", 40),
    ("culture", "Espace d'exposition", "We-Su 12:00-18:00", 210),
)


ABROAD = {
    "Centre de santé": ("Health centre", "보건소", "مركز صحي"),
    "Pharmacie de garde": ("Duty pharmacy", "당번 약국", "صيدلية مناوبة"),
    "Poste de police municipale": ("Municipal police", "시 경찰서", "شرطة بلدية"),
    "Centre de secours": ("Fire and rescue", "소방서", "مركز إغاثة"),
    "Ressourcerie": ("Reuse centre", "재활용 센터", "مركز إعادة الاستعمال"),
    "Déchèterie": ("Recycling centre", "폐기물 처리장", "مركز فرز النفايات"),
    "Médiathèque": ("Media library", "미디어 도서관", "مكتبة وسائط"),
    "École numérique": ("Digital school", "디지털 학교", "مدرسة رقمية"),
    "Port de plaisance": ("Marina", "마리나", "مرسى اليخوت"),
    "Espace d'exposition": ("Exhibition space", "전시 공간", "فضاء معارض"),
}
"""What a service is called in English, Korean and Arabic."""
SHOWN = ((6440.0, 8560.0), (6330.0, 8420.0), (6560.0, 8480.0), (6400.0, 8300.0), (6520.0, 8640.0))
"""Short coordinates of the services that a story looks down on."""


def write(made: Writer, lines: Any, buildings: gpd.GeoDataFrame) -> None:
    """Write the files."""
    _places(made, lines)
    _business_park(made, buildings)
    _homes(made, buildings)
    _materials(made, buildings)


def _places(made: Writer, lines: Any) -> None:
    places = along(lines, 2 * len(SERVICES), "services", first=SHOWN).tolist()
    rows = [
        {
            "feature_id": f"service-{i + 1:02}",
            "name": f"{SERVICES[i % len(SERVICES)][1]} {i // len(SERVICES) + 1}",
            **_named_abroad(SERVICES[i % len(SERVICES)][1], i // len(SERVICES) + 1),
            "kind": SERVICES[i % len(SERVICES)][0],
            "opening_hours": SERVICES[i % len(SERVICES)][2],
            "people": SERVICES[i % len(SERVICES)][3],
            "longitude": lon,
            "latitude": lat,
            "quality": NOTICE,
        }
        for i, (lon, lat) in enumerate(places)
    ]
    write_csv(made, "services.csv", rows)


def _named_abroad(french: str, number: int) -> dict[str, str]:
    words = zip(("en", "ko", "ar"), ABROAD[french], strict=True)
    return {f"name_{language}": f"{name} {number}" for language, name in words}


def _business_park(made: Writer, buildings: gpd.GeoDataFrame) -> None:
    offices = buildings[(buildings["use"] == "office") & ~buildings["context"]].iloc[:12]
    points = lonlat(shapely.get_coordinates(shapely.point_on_surface(offices.geometry.to_numpy())))
    offers = (
        (
            "meeting_room",
            "Salle Seine",
            "12 places, visioconférence",
            12,
            "Mo 09:00-11:00; Tu 10:00-16:30",
        ),
        ("expertise", "Conseil géothermie", "bureau d'études", 0, "Tu 09:00-18:00"),
        ("coworking", "Plateau partagé", "24 postes", 24, ""),
        ("equipment", "Imprimante 3D", "maquettes", 0, "Tu 14:00-17:00; Th 09:00-12:00"),
    )
    rows = [
        {
            "feature_id": f"offer-{i + 1:02}",
            "name": f"{offers[i % 4][1]} {i // 4 + 1}",
            "kind": offers[i % 4][0],
            "offered_by": f"Entreprise {chr(65 + i)}",
            "what": offers[i % 4][2],
            "seats": offers[i % 4][3] or "",
            "open_from": "08:00",
            "open_to": "20:00",
            "taken": offers[i % 4][4],
            "time_zone": "Europe/Paris",
            "longitude": lon,
            "latitude": lat,
        }
        for i, (lon, lat) in enumerate(points.tolist())
    ]
    write_csv(made, "parc_activites.csv", rows)


def _homes(made: Writer, buildings: gpd.GeoDataFrame) -> None:
    draw = chance("services", "homes")
    homes = buildings[(buildings["dwellings"] >= 6) & ~buildings["context"]]
    at_fort = homes[homes["district"] == "fort"]  # where homes were fitted with screens
    others = homes[homes["district"] != "fort"]
    drawn = draw.choice(len(others), size=min(90, len(others)), replace=False)
    chosen = pd.concat([at_fort, others.iloc[np.sort(drawn)]])
    day = (
        220.0
        + 180.0 * np.exp(-(((np.arange(24) - 19.0) / 2.6) ** 2))
        + 90.0 * np.exp(-(((np.arange(24) - 8.0) / 1.8) ** 2))
    )
    rows = [
        {
            "feature_id": name,
            "hour": hour,
            "homes": count,
            "power_w": round(float(day[hour] * factor), 0),
            "temperature_c": round(19.4 + 0.8 * np.sin(hour / 24 * 2 * np.pi), 1),
        }
        for name, count, factor in zip(
            chosen["feature_id"],
            chosen["dwellings"],
            draw.uniform(0.6, 1.7, len(chosen)),
            strict=True,
        )
        for hour in range(24)
    ]
    write_csv(made, "logements_connectes.csv", rows)


def _materials(made: Writer, buildings: gpd.GeoDataFrame) -> None:
    """The school's figures are sourced; where it stands and all others are made up."""
    own = buildings[~buildings["context"]]
    schools = own[own["use"] == "school"]
    fort = shapely.Point(geography.absolute([geography.FORT_CENTRE])[0])
    school = schools.iloc[int(np.argmin(shapely.distance(schools.geometry.to_numpy(), fort)))]
    others = own[own["wall_material"] == "timber"].iloc[:14]
    rows = [
        {
            "rnb_id": school["feature_id"],
            "name": SCHOOL,
            "structure_material": "timber_frame",
            "envelope_material": "timber_frame",
            "insulation_material": "straw_bale",
            "biosourced_kg_m2": 20,
            "floor_area_m2": 5241,
            "storeys": 3,
            "source_url": "France 3, batiactu, Le Moniteur (2013): 5,241 m2, about 7,000 straw bales",
            "confidence": "declared; mass estimated at 15 kg a bale",
        }
    ]
    families = ("clt", "timber_frame", "glulam", "hemp_concrete")
    for i, (_, house) in enumerate(others.iterrows()):
        rows.append(
            {
                "rnb_id": house["feature_id"],
                "name": f"Bâtiment {i + 1}",
                "structure_material": "timber_frame",
                "envelope_material": "timber_frame",
                "insulation_material": families[i % 4],
                "biosourced_kg_m2": 45 + 10 * (i % 4),
                "floor_area_m2": int(house.geometry.area * house["storeys"] * 0.85),
                "storeys": int(house["storeys"]),
                "source_url": "",
                "confidence": NOTICE,
            }
        )
    write_csv(made, "materiaux.csv", rows)
