"""Notes as BCF 2.1 (buildingSMART, BIM Collaboration Format) and as GeoJSON."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from twin.errors import BelvedereError
from twin.io.notes import BELVEDERE
from twin.model.geoframe import GeoFrame
from twin.model.notes import Note

STATUS = {"open": "Open", "in_progress": "In Progress", "resolved": "Resolved", "closed": "Closed"}
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
LINE = np.array([0.0, 0.0, 1.0])
EPOCH = (1980, 1, 1, 0, 0, 0)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write_notes(notes: Sequence[Note], frame: GeoFrame, path: Path) -> None:
    """Write notes: ``.bcfzip`` or ``.bcf``, else ``.geojson`` (WGS 84). The same notes give the same bytes.

    Raises
    ------
    BelvedereError
        ``analyse.cannot_write``.
    """
    try:
        if path.suffix.lower() in (".bcf", ".bcfzip"):
            path.write_bytes(bcf(notes, frame))
        else:
            path.write_text(geojson(notes, frame), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("analyse.cannot_write", str(path), reason=reason) from error


def bcf(notes: Sequence[Note], frame: GeoFrame) -> bytes:
    """Return a BCF 2.1 container; coordinates are metres in the project's CRS."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, text: str) -> None:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), HEAD + text + "\n")

        put(
            "bcf.version",
            '<Version VersionId="2.1"><DetailedVersion>2.1</DetailedVersion></Version>',
        )
        for note in notes:
            topic, view = _guid(note, "topic"), _guid(note, "view")
            put(f"{topic}/markup.bcf", _markup(note, topic, view))
            put(f"{topic}/viewpoint.bcfv", _viewpoint(note, view, frame))
    return packed.getvalue()


def geojson(notes: Sequence[Note], frame: GeoFrame) -> str:
    """Return a FeatureCollection (RFC 7946): longitude, latitude, and the orthometric height as an attribute."""
    features = []
    for note in notes:
        xy = np.array([note.xyz_in_crs[:2]]) - np.array(frame.origin[:2])
        lon, lat = (round(float(v), 8) for v in frame.lonlat_from_scene(xy)[0])
        properties = {
            "id": note.id,
            "text": note.text,
            "author": note.author,
            "at": note.at.astimezone(UTC).isoformat(),
            "state": note.state,
            "height_m": round(note.xyz_in_crs[2], 3),
            "layer": note.feature[0] if note.feature else None,
            "feature": note.feature[1] if note.feature else None,
        }
        point = {"type": "Point", "coordinates": [lon, lat]}
        features.append({"type": "Feature", "geometry": point, "properties": properties})
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _guid(note: Note, what: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"belvedere/{what}/{note.id}/{note.at.isoformat()}"))


def _markup(note: Note, topic: str, view: str) -> str:
    at = note.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    title = note.text.strip().splitlines()[0][:120] if note.text.strip() else note.id
    status = STATUS.get(note.state, "Open")
    comment = _guid(note, "comment")
    author = escape(note.author)
    return (
        f'<Markup><Topic Guid={quoteattr(topic)} TopicType="Remark" TopicStatus={quoteattr(status)}>'
        f"<Title>{escape(title)}</Title><CreationDate>{at}</CreationDate>"
        f"<CreationAuthor>{author}</CreationAuthor>"
        f"<Description>{escape(note.text)}</Description></Topic>"
        f"<Comment Guid={quoteattr(comment)}><Date>{at}</Date><Author>{author}</Author>"
        f"<Comment>{escape(note.text)}</Comment><Viewpoint Guid={quoteattr(view)}/></Comment>"
        f"<Viewpoints Guid={quoteattr(view)}><Viewpoint>viewpoint.bcfv</Viewpoint></Viewpoints>"
        "</Markup>"
    )


def _viewpoint(note: Note, view: str, frame: GeoFrame) -> str:
    place = np.array(note.xyz_in_crs, float)
    origin = np.array(frame.origin, float)
    aside = np.array([0.0, -30.0, 30.0])
    eye = place + aside if note.position is None else np.array(note.position) + origin
    target = place if note.target is None else np.array(note.target) + origin
    way = target - eye
    way = way / max(float(np.linalg.norm(way)), 1e-9)
    across = np.cross(way, [0.0, 0.0, 1.0])
    size = float(np.linalg.norm(across))
    across = across / size if size > 1e-9 else np.array([1.0, 0.0, 0.0])
    up = np.cross(across, way)
    # The place of the note itself: a short line upwards, which BCF knows and others draw.
    line = f"<StartPoint>{_xyz(place)}</StartPoint><EndPoint>{_xyz(place + LINE)}</EndPoint>"
    parts = (("CameraViewPoint", eye), ("CameraDirection", way), ("CameraUpVector", up))
    camera = "".join(f"<{name}>{_xyz(v)}</{name}>" for name, v in parts)
    return (
        f"<VisualizationInfo Guid={quoteattr(view)}>{_components(note)}<PerspectiveCamera>{camera}"
        f"<FieldOfView>60</FieldOfView></PerspectiveCamera><Lines><Line>{line}</Line></Lines>"
        "</VisualizationInfo>"
    )


def _components(note: Note) -> str:
    """Return the feature that a note is about, as a component of ours."""
    if note.feature is None:
        return ""
    layer, name = (escape(text) for text in note.feature)
    return (
        "<Components><Selection><Component>"
        f"<OriginatingSystem>{BELVEDERE}/{layer}</OriginatingSystem>"
        f"<AuthoringToolId>{name}</AuthoringToolId>"
        '</Component></Selection><Visibility DefaultVisibility="true"/></Components>'
    )


def _xyz(v: np.ndarray) -> str:
    return f"<X>{v[0]:.4f}</X><Y>{v[1]:.4f}</Y><Z>{v[2]:.4f}</Z>"
