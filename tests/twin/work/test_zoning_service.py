"""The zoning of the national portal, asked as the catalogue says, of a stand-in that answers as the portal does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from tests.twin.services.loopback import Loopback, Quiet
from tests.twin.work.test_plan import PROJECT, ROOT, X, Y, at, houses_spec
from twin.model.geoframe import GeoFrame, transformer
from twin.model.kept import KeptAnalysis
from twin.model.layer import LayerSpec
from twin.model.project import Project
from twin.progress import Unattended
from twin.registry import Registry
from twin.services.catalogue import Dataset, read_catalogue
from twin.services.client import ServiceError
from twin.work.fetch import fetch_layer
from twin.work.kept import question, ready_of
from twin.work.session import Session
from twin.work.studies import answer_of

CATALOGUE = ROOT / "assets/services/services.toml"
PATH = "/api/gpu/zone-urba"


class Portal(Loopback):
    """The portal, with a dense zone in the west of the plain and a natural one in its east."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.heard: list[dict[str, object]] = []
        self.empty = False
        self.start()

    @property
    def dataset(self) -> Dataset:
        """The portal as our catalogue has it, but here."""
        found = {d.id: d for d in read_catalogue(CATALOGUE).of("fr")}["zoning"]
        assert found.url == f"https://apicarto.ign.fr{PATH}"
        return replace(found, url=f"{self.url}{PATH}")

    def catalogue(self, path: Path) -> Path:
        """Write our catalogue with this portal in it."""
        text = CATALOGUE.read_text(encoding="utf-8")
        path.write_text(text.replace("https://apicarto.ign.fr", self.url), encoding="utf-8")
        return path


class _Handler(Quiet):
    server: Portal

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.heard.append(asked)
        wrong = self.path != PATH or not isinstance(asked.get("geom"), dict)  # a text is refused
        features = [] if self.server.empty else [zone("UA1", "U", -60, 28), zone("N", "N", 28, 140)]
        body = json.dumps({"type": "FeatureCollection", "features": features, "numberMatched": 2})
        self.send_response(400 if wrong else 200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())


def zone(name: str, kind: str, west: float, east: float) -> dict[str, object]:
    """A zone as the portal writes it: most of its texts are empty."""
    outline = shapely.box(X + west, Y - 60, X + east, Y + 140)
    lonlat = transformer("EPSG:2154", "EPSG:4326")
    placed = shapely.transform(outline, lonlat.transform, interleaved=False)
    told = {
        "gid": 7, "gpu_doc_id": "abc", "partition": "DU_200057974", "libelle": name, "libelong": "",
        "typezone": kind, "destdomi": None, "nomfic": "reglement.pdf", "urlfic": "", "insee": "",
        "datappro": "", "datvalid": "20240101", "idurba": "200057974_PLUI_20240101",
    }  # fmt: skip
    multi = shapely.MultiPolygon([placed])
    return {"type": "Feature", "properties": told, "geometry": shapely.geometry.mapping(multi)}


def fetched(portal: Portal, project: Project, bounds: tuple[float, ...], folder: Path) -> LayerSpec:
    """Fetch the zones of a box of the scene."""
    registry = Registry.discover([ROOT / "layers"])
    return fetch_layer(
        portal.dataset, project, bounds, folder, registry=registry, progress=Unattended()
    )


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal()
    yield made
    made.close()


def test_zones_become_a_layer_and_what_exceeds_them_is_found(
    portal: Portal, tmp_path: Path
) -> None:
    registry = Registry.discover([ROOT / "layers"])
    project = replace(PROJECT, layers=(houses_spec(tmp_path),), deltas=(), at=at(2026))
    bounds = (-10.0, -10.0, 0.0, 60.0, 60.0, 12.0)
    spec = fetched(portal, project, bounds, tmp_path)
    asked = shapely.geometry.shape(portal.heard[0]["geom"])
    there = GeoFrame(crs="EPSG:2154", origin=(X, Y, 0.0)).lonlat_from_scene([(0, 0), (50, 50)])
    assert asked.covers(shapely.MultiPoint(there))
    assert spec.visible
    assert "Géoportail de l'urbanisme" in spec.sources["features"].provenance.source
    session = Session(project, tmp_path, registry)
    try:
        session.start()
        session.do("zones", lambda p: p.with_layer(spec))
        session.wait()
        zones = session.layer(spec.id)
        assert list(zones.table.frame["libelle"]) == ["UA1", "N"]
        # Houses of 6, 9 and 12 m; in both zones 8 m are allowed.
        told = {"zones": spec.id, "buildings": "houses", "height": "8", "rule": "libelle"}
        kept = KeptAnalysis(id="z", kind="zoning", title={}, asked=told)
        found = answer_of(ready_of(question(session, kept), Unattended()), Unattended())
    finally:
        session.close()
    over = found.columns["part"] == "excess"
    rows = zip(*(found.columns[n][over] for n in ("feature_id", "rule", "height_m")), strict=True)
    assert sorted(rows) == [("h1", "UA1", 1.0), ("h2", "N", 4.0)]
    assert {"UA1", "N"} == set(found.columns["rule"][~over])


def test_a_place_without_a_plan_says_so(portal: Portal, tmp_path: Path) -> None:
    portal.empty = True
    with pytest.raises(ServiceError, match=r"service\.empty"):
        fetched(portal, PROJECT, (0.0, 0.0, 0.0, 60.0, 60.0, 12.0), tmp_path)
