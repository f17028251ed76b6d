"""A lot of the French cadastre in EDIGEO (AFNOR NF Z 52000), made here: buildings with how lasting they are."""

from __future__ import annotations

from pathlib import Path

LOT = "E00001"
Fields = tuple[str, str]


def record(*fields: Fields) -> str:
    return "".join(f"{name}{len(value):02d}:{value}\r\n" for name, value in fields)


def write_lot(folder: Path, count: int = 3, x: float = 645_000.0, y: float = 6_855_000.0) -> Path:
    """Write the files of a lot with so many buildings of 10 by 8 metres; return the one to open."""
    transmission = record(("RTYSA", "GTS"), ("RIDSA", "SUPPORT"), ("ADRST", "test"))
    lot = record(
        ("RTYSA", "GTL"), ("RIDSA", "LOT"), ("LONSA", LOT), ("GNNSA", "S1"), ("GONSA", "R1"),
        ("QANSA", "Q1"), ("DINSA", "D1"), ("SCNSA", "C1"), ("GDCSN", "1"), ("GDNSA", "T1"),
    )  # fmt: skip
    place = record(("RTYSA", "GEO"), ("RIDSA", "GEO"), ("RETSA", "MAP"), ("RELSA", "LAMB93"))
    frame = record(
        ("RTYSA", "DEG"), ("RIDSA", "GEN"), ("CM1CC", f"+{x};+{y};"), ("CM2CC", f"+{x};+{y};")
    )
    words = record(("RTYSA", "DID"), ("RIDSA", "ID_BATIMENT"), ("LABSA", "BATIMENT"))
    words += record(("RTYSA", "DIA"), ("RIDSA", "ID_DUR"), ("LABSA", "DUR"), ("TYPSA", "T"))
    scheme = record(
        ("RTYSA", "OBJ"), ("RIDSA", "BATIMENT_id"), ("DIPCP", f"{LOT};D1;DID;ID_BATIMENT"),
        ("KNDSA", "ARE"), ("AACSN", "1"), ("AAPCP", f"{LOT};C1;ATT;DUR_id"),
    ) + record(
        ("RTYSA", "ATT"), ("RIDSA", "DUR_id"), ("DIPCP", f"{LOT};D1;DIA;ID_DUR"), ("CANSN", "2"),
    )  # fmt: skip
    vectors = "".join(_building(number, x + 20 * number, y) for number in range(count))
    parts = {
        ".THF": transmission + lot, "R1.GEO": place, "S1.GEN": frame, "D1.DIC": words, "C1.SCD": scheme,
        "Q1.QAL": record(("RTYSA", "QUP"), ("RIDSA", "Q")), "T1.VEC": vectors,
    }  # fmt: skip
    for ending, text in parts.items():
        name = LOT + ending
        whole = f"BOMT{len(name):02d}:{name}\r\nCSET 03:IRV\r\n{text}EOMT 00:\r\n"
        (folder / name).write_text(whole, encoding="latin-1", newline="")
    return folder / f"{LOT}.THF"


def _building(number: int, x: float, y: float) -> str:
    ring = [(x, y), (x + 10, y), (x + 10, y + 8), (x, y + 8), (x, y)]
    corners = [("CORCC", f"+{a:.2f};+{b:.2f};") for a, b in ring]
    face, arc, thing = f"Face_{number}", f"Arc_{number}", f"Objet_{number}"
    return (
        record(("RTYSA", "PAR"), ("RIDSA", arc), ("SCPCP", f"{LOT};C1;PAR;ARC_id"), *corners)
        + record(("RTYSA", "PFE"), ("RIDSA", face), ("SCPCP", f"{LOT};C1;PFE;FACE_id"))
        + record(
            ("RTYSA", "FEA"), ("RIDSA", thing), ("SCPCP", f"{LOT};C1;OBJ;BATIMENT_id"),
            ("ATPCP", f"{LOT};C1;ATT;DUR_id"), ("ATVST", f"0{1 + number % 2}"),
        )
        + record(
            ("RTYSA", "LNK"), ("RIDSA", f"L{number}"), ("SCPCP", f"{LOT};C1;ASS;IS_MADE_OF"),
            ("FTPCP", f"{LOT};T1;PAR;{arc}"), ("FTPCP", f"{LOT};T1;PFE;{face}"),
        )
        + record(
            ("RTYSA", "LNK"), ("RIDSA", f"M{number}"), ("SCPCP", f"{LOT};C1;ASS;BATIMENT_PFE"),
            ("FTPCP", f"{LOT};T1;FEA;{thing}"), ("FTPCP", f"{LOT};T1;PFE;{face}"),
        )
    )  # fmt: skip
