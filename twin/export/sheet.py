"""Sheets and decks composed from the scene: what a template says, drawn on a canvas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.analysis.indicators import Indicator
from twin.export import furnishing
from twin.export.canvas import INK, Canvas
from twin.export.charts import bars, histogram, table
from twin.export.numbers import Numbers, value_words
from twin.export.shots import Aim, Shot, Shots
from twin.export.template import DPI, Item, Page, Template, filled
from twin.progress import Progress
from twin.render.furniture import moment as moment_words
from twin.render.label_pictures import worded

if TYPE_CHECKING:
    from twin.model.project import View
    from twin.work.session import Session

MOST_PIXELS = 16_384
"""Of a side of a picture on a page."""

GRID_COLUMNS = 6
SOFT = "#4d545e"
PLACEHOLDER = "#e8e8e6"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What holds for a whole report.

    Parameters
    ----------
    pictures : bool
        Draw views; False leaves grey boxes, for a quick look at the layout.
    """

    lang: str = "en"
    dpi: float | None = None
    year: int | None = None
    view: str = ""
    pictures: bool = True


class Composer:
    """Composes the pages of a template from a session that is loaded."""

    def __init__(
        self, session: Session, template: Template, shots: Shots | None, setting: Setting
    ) -> None:
        self._session, self._template = session, template
        self._shots, self._setting = shots, setting
        self._numbers = Numbers(session, setting.lang)
        self._taken: dict[str, Shot] = {}
        self._last: Shot | None = None
        self._about: Mapping[str, str] = {}
        self._last_px_per_mm = 1.0
        dpi = setting.dpi or template.dpi
        self._dots_per_mm = min(max(dpi, DPI[0]), 1_200.0) / 25.4

    def compose(self, canvas: Canvas, progress: Progress) -> int:
        """Draw every page; return how many there are.

        Raises
        ------
        BelvedereError
            A view, variant, layer or column that the template names does not exist.
        """
        pages = list(self._pages())
        for number, (page, words) in enumerate(pages):
            progress.progress(number, len(pages), "pages")
            canvas.page(*self._template.size_mm)
            self._last = None
            self._about = {**words, "page": str(number + 1), "pages": str(len(pages))}
            # Pictures first: legend, north, scale and sources speak of them.
            for item in sorted(page.items, key=lambda i: i.kind not in ("view", "grid", "compare")):
                progress.check_cancelled()
                getattr(self, f"draw_{item.kind}")(canvas, item)
        return len(pages)

    def _pages(self) -> Iterator[tuple[Page, dict[str, str]]]:
        lang, project = self._setting.lang, self._session.project
        for page in self._template.pages:
            if page.each == "view":
                for view in project.views:
                    yield page, {"view": view.id, "view_title": worded(view.title, lang)}
            elif page.each == "variant":
                for variant in project.variants:
                    words = {"variant": variant.id, "variant_title": worded(variant.label, lang)}
                    yield page, words
            else:
                yield page, {}

    def words(self, text: str) -> str:
        """Return a text with its places filled."""
        lang, project = self._setting.lang, self._session.project
        at = self._last.at if self._last else self._session.clock.at
        known = {
            "title": worded(project.title, lang),
            "date": moment_words(at, project.time_zone, lang)[:10],
            "moment": moment_words(at, project.time_zone, lang),
            "sheet": worded(self._template.title, lang),
            "year": str(self._year()),
            "notice": worded(project.notice, lang),
            "crs": project.frame.crs[:40],
            **self._about,
        }
        return filled(text, known)

    # What items are.

    def draw_view(self, canvas: Canvas, item: Item) -> None:
        """Draw a view."""
        self._place(canvas, item.box_mm, self._aim(item))

    def draw_compare(self, canvas: Canvas, item: Item) -> None:
        """Variants side by side, the city as it is first, each with its name."""
        project, lang = self._session.project, self._setting.lang
        names = item.texts("variants") or ("", *(v.id for v in project.variants))
        labels = {v.id: worded(v.label, lang) for v in project.variants}
        labels[""] = "existant" if lang == "fr" else "as it is"
        aim = self._aim(item)
        if aim.at is None:  # else nothing of what is planned would stand yet
            aim = replace(aim, at=finished(self._session))
        for name, box in zip(names, _cells(item.box_mm, len(names), len(names)), strict=True):
            label = labels.get(name, name)
            self._captioned(canvas, box, replace(aim, variant=name), label)

    def draw_grid(self, canvas: Canvas, item: Item) -> None:
        """One view at several days and hours: a row for each day, a column for each hour."""
        days = item.texts("days") or ("03-20", "06-21", "09-22", "12-21")
        hours = item.texts("hours") or ("09:00", "12:00", "15:00")
        cells = _cells(item.box_mm, len(days) * len(hours), min(len(hours), GRID_COLUMNS))
        aim = self._aim(item)
        moments = [(day, hour) for day in days for hour in hours]
        for (day, hour), box in zip(moments, cells, strict=True):
            at = self._moment(day, hour)
            zone = self._session.project.time_zone
            label = moment_words(at, zone, self._setting.lang)
            self._captioned(canvas, box, replace(aim, at=at), label)

    def _captioned(
        self,
        canvas: Canvas,
        box: tuple[float, float, float, float],
        aim: Aim,
        label: str,
    ) -> None:
        left, top, width, height = box
        self._place(canvas, (left, top, width, height - 6.0), aim)
        canvas.words(label, left, top + height - 1.6, size_pt=8.5, bold=True, colour=INK)

    def draw_text(self, canvas: Canvas, item: Item) -> None:
        """Write a text."""
        text = self.words(item.words("text", self._setting.lang))
        size = item.number("size_pt", 10.0, 4.0, 200.0)
        furnishing.paragraph(
            canvas,
            item.box_mm,
            text,
            size_pt=size,
            bold=bool(item.options.get("bold", False)),
            colour=item.text("colour", INK),
            align=item.text("align", "left"),
        )

    def draw_legend(self, canvas: Canvas, item: Item) -> None:
        """Draw the legends of the picture."""
        if self._last is not None:
            furnishing.legend(canvas, item.box_mm, self._last.furniture.keys)

    def draw_north(self, canvas: Canvas, item: Item) -> None:
        """Draw the north of the picture."""
        if self._last is not None:
            furnishing.north(canvas, item.box_mm, self._last.furniture.heading_deg)

    def draw_scale(self, canvas: Canvas, item: Item) -> None:
        """Draw the scale of the picture, unless it has several."""
        shot = self._last
        if shot is None or shot.furniture.metres_per_px is None:
            return  # a flat view has no one scale
        per_mm = shot.furniture.metres_per_px * self._last_px_per_mm
        furnishing.scale_bar(canvas, item.box_mm, per_mm, self._setting.lang)

    def draw_sources(self, canvas: Canvas, item: Item) -> None:
        """Write the sources of what is shown."""
        shots = [self._last] if self._last else list(self._taken.values())
        said = list(dict.fromkeys(s.furniture.sources for s in shots if s.furniture.sources))
        size = item.number("size_pt", 7.0, 4.0, 40.0)
        furnishing.paragraph(canvas, item.box_mm, "\n".join(said), size_pt=size, colour=SOFT)

    def draw_notice(self, canvas: Canvas, item: Item) -> None:
        """Write what the reader must know."""
        lang, project = self._setting.lang, self._session.project
        notices = self._last.furniture.notices if self._last else (worded(project.notice, lang),)
        size = item.number("size_pt", 8.0, 4.0, 40.0)
        furnishing.paragraph(
            canvas, item.box_mm, "\n".join(n for n in notices if n), size_pt=size, colour="#8a5a00"
        )

    def draw_table(self, canvas: Canvas, item: Item) -> None:
        """Draw a table."""
        rows = self._numbers.rows(
            item.texts("indicators"), item.text("layer"), item.texts("columns")
        )
        table(canvas, item.box_mm, rows, size_pt=item.number("size_pt", 8.0, 4.0, 40.0))

    def draw_chart(self, canvas: Canvas, item: Item) -> None:
        """Draw a chart."""
        lang = self._setting.lang
        if item.text("layer"):
            values, label = self._numbers.column(item.text("layer"), item.text("column"))
            histogram(canvas, item.box_mm, values, label, lang)
            return
        chosen = item.text("indicator", "floor_area")
        found: list[tuple[str, Indicator]] = self._numbers.indicator(chosen)
        label = value_words(found[0][1].label, found[0][1].unit, lang) if found else chosen
        bars(canvas, item.box_mm, [(name, i.value) for name, i in found], label, lang)

    def draw_box(self, canvas: Canvas, item: Item) -> None:
        """Fill a box."""
        left, top, width, height = item.box_mm
        corners = [
            (left, top),
            (left + width, top),
            (left + width, top + height),
            (left, top + height),
        ]
        canvas.area(corners, item.text("colour", PLACEHOLDER))

    # Views.

    def _aim(self, item: Item) -> Aim:
        view: str | View = filled(item.text("view"), self._about)
        # The view that was asked for stands in for what the template leaves open or calls the site.
        if self._setting.view and view in ("", "site"):
            view = self._setting.view
        at = item.text("at")
        return Aim(
            view=view,
            at=self._moment(*at.split("T", 1)) if "T" in at else None,
            variant=filled(item.text("variant"), self._about)
            if "variant" in item.options
            else None,
            hidden=item.texts("hide"),
            labels=bool(item.options.get("labels", True)),
        )

    def _place(self, canvas: Canvas, box: tuple[float, float, float, float], aim: Aim) -> None:
        scale = self._dots_per_mm
        most = min(MOST_PIXELS / (box[2] * scale), MOST_PIXELS / (box[3] * scale), 1.0)
        size = (max(16, round(box[2] * scale * most)), max(16, round(box[3] * scale * most)))
        if self._shots is None or not self._setting.pictures:
            left, top, width, height = box
            corners = [(left, top), (left + width, top), (left + width, top + height)]
            canvas.area([*corners, (left, top + height)], PLACEHOLDER)
            return
        key = f"{aim}{size}"
        if key not in self._taken:
            self._taken[key] = self._shots.take(aim, size)
        self._last = self._taken[key]
        self._last_px_per_mm = size[0] / box[2]
        canvas.image(box, self._last.pixels)

    def _year(self) -> int:
        return self._setting.year or self._session.clock.at.year

    def _moment(self, day: str, hour: str) -> datetime:
        """Return a local moment of ``06-21`` (in the year of the report) or ``2026-06-21``, and ``09:00``."""
        from twin.errors import BelvedereError

        zone = ZoneInfo(self._session.project.time_zone)
        whole = day if day.count("-") == 2 else f"{self._year():04d}-{day}"
        try:
            date = datetime.fromisoformat(whole).date()
            return datetime.combine(date, time.fromisoformat(hour), zone)
        except ValueError as error:
            raise BelvedereError(
                "template.wrong", self._template.name, part=f"{day}T{hour}", wanted="06-21T09:00"
            ) from error


def finished(session: Session) -> datetime:
    """Return the day and hour of the clock in the year after the last phase has ended."""
    at = session.clock.at
    ends = [t for p in session.project.phases for t in (p.start, p.end) if t is not None]
    last = max(ends, default=at)
    day = min(at.day, 28)
    return at if last <= at else at.replace(year=last.year + 1, day=day)


def _cells(
    box: tuple[float, float, float, float], count: int, columns: int
) -> list[tuple[float, float, float, float]]:
    left, top, width, height = box
    rows = -(-count // columns)
    gap = 3.0
    wide = (width - gap * (columns - 1)) / columns
    high = (height - gap * (rows - 1)) / rows
    return [
        (left + (i % columns) * (wide + gap), top + (i // columns) * (high + gap), wide, high)
        for i in range(count)
    ]
