"""The simulated sensors of a project as a feed, for projects that have no feed of their own."""

from __future__ import annotations

from twin.live.properties import PROPERTIES
from twin.model.feed import FeedSpec


def simulated_feed(name: str) -> FeedSpec | None:
    """Return a feed of the sensors whose values a project only makes up, None where it has none.

    Raises
    ------
    BelvedereError
        The project cannot be opened.
    """
    import shapely

    from twin.model.geoframe import transformer
    from twin.work.session import Session
    from ui.cli.projects import open_any, registry

    types = registry()
    opened = open_any([name], types)
    sensors = [spec for spec in opened.project.layers if spec.type == "belvedere.sensors"]
    session = Session(opened.project.showing([]), opened.folder, types)
    rows: list[list[object]] = []
    try:
        session.start()
        session.wait()
        to_lonlat = transformer(opened.project.frame.crs, "EPSG:4326")
        for spec in sensors:
            table = session.layer(spec.id).table
            if table is None:
                continue
            points = shapely.centroid(table.frame.geometry.to_numpy())
            lon, lat = to_lonlat.transform(shapely.get_x(points), shapely.get_y(points))
            for row, feature in enumerate(table.frame.itertuples()):
                observed = getattr(feature, "observed_property", "")
                if observed in PROPERTIES:
                    title = getattr(feature, "name", "") or getattr(feature, "name_fr", "")
                    rows.append(
                        [feature.feature_id, observed, str(title), float(lon[row]), float(lat[row])]
                    )
    finally:
        session.close()
    if not rows:
        return None
    return FeedSpec(id="simulated", kind="simulator", url="simulator:", options={"sensors": rows})
