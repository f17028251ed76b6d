"""Tables on a page: where room is short, no number loses its last digits."""

from __future__ import annotations

from twin.export.charts import table

ROWS = (
    ("Indicator", "as it is", "A. Blocks (a project that nobody plans)", "B. Garden and towers"),
    ("Floor area of dwellings and shops together (m²)", "4,774,464", "4,782,529", "4,781,987"),
    ("Built volume (m³)", "16,558,012", "16,589,136", "16,585,807"),
)


class Paper:
    """A canvas on which every letter is 2 mm wide, that remembers what was written."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def words(self, text: str, *_place: float, **_look: object) -> None:
        self.written.append(text)

    def width_mm(self, text: str, *_size: object, **_look: object) -> float:
        return 2.0 * len(text)

    def line(self, *_what: object) -> None:
        pass


def written(width_mm: float) -> list[str]:
    paper = Paper()
    table(paper, (0.0, 0.0, width_mm, 100.0), ROWS, size_pt=8.0)  # type: ignore[arg-type]
    return paper.written


def test_names_and_heads_are_cut_before_numbers() -> None:
    found = written(140.0)
    numbers = [cell for row in ROWS[1:] for cell in row[1:]]
    assert set(numbers) <= set(found)
    assert any(cell.startswith("Floor area") and cell.endswith("…") for cell in found)
    assert any(cell.startswith("A. Blocks") and cell.endswith("…") for cell in found)


def test_nothing_is_cut_where_there_is_room() -> None:
    assert set(written(400.0)) == {cell for row in ROWS for cell in row}
