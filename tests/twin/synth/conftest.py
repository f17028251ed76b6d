"""The demo city as it lies in the repository, read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

DEMO = Path(__file__).resolve().parents[3] / "assets" / "demo"


class Demo:
    """Files of the demo by name, each read when first asked for."""

    def __init__(self) -> None:
        self.folder = DEMO
        self.document: dict[str, Any] = json.loads((DEMO / "project.json").read_text("utf-8"))
        self._read: dict[str, Any] = {}

    def features(self, name: str) -> gpd.GeoDataFrame:
        path = DEMO / "data" / name
        if name not in self._read:
            read = gpd.read_parquet if path.suffix == ".parquet" else gpd.read_file
            self._read[name] = read(path)
        return self._read[name]

    def rows(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            self._read[name] = pd.read_parquet(DEMO / "data" / name)
        return self._read[name]

    def at_each_hour(self, name: str, column: str) -> pd.DataFrame:
        """A table of hours by feature id."""
        return self.rows(name).pivot_table(
            index="phenomenon_time", columns="feature_id", values=column, aggfunc="first"
        )


@pytest.fixture(scope="session")
def demo() -> Demo:
    return Demo()
