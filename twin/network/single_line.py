"""Heat drawn as one line where two pipes lie: most drawings show the trench, not supply and return."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from twin.network import model

if TYPE_CHECKING:
    from twin.network.feature_rows import Rows

THERMAL = (model.HEAT, model.TEMPERATE, model.COLD)


def drawn_once(rows: Rows, lines: list[int]) -> bool:
    """Whether each line stands for a supply and a return: a plant feeds them, and no line says to be a return.

    A bare ring through the plant is a loop of one pipe: there the water comes back by itself.
    """
    if rows.commodity not in THERMAL or not {"from_node", "to_node"} <= set(rows.columns):
        return False
    if "side" in rows.columns and (rows.words("side")[lines] == "return").any():
        return False
    ends = Counter(
        name for column in ("from_node", "to_node") for name in rows.words(column)[lines]
    )
    plants = [name for name, row in rows.point_of.items() if rows.kind[row] == "plant"]
    wells = any(rows.kind[row] == "well" for row in rows.point_of.values())
    if wells or not any(name in ends for name in plants):
        return False
    return any(count != 2 for count in ends.values())
