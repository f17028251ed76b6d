"""The parameters of the buildings layer."""

from __future__ import annotations

from typing import Annotated

from twin.api import Choice, ColumnName, Range, Unit, params


@params
class BuildingsParams:
    """How buildings are read and drawn."""

    storey_height_m: Annotated[float, Range(1.5, 10), Unit("m")] = 3.0
    default_height_m: Annotated[float, Range(1, 300), Unit("m")] = 6.0
    roofs: bool = True
    lod: Annotated[str, Choice("highest", "0", "1", "2", "3")] = "highest"
    file_colours: bool = True
    facades: bool = True
    place: Annotated[str, Choice("auto", "ground", "own")] = "auto"
    height_column: Annotated[str, ColumnName(numeric=True)] = ""
    storeys_column: Annotated[str, ColumnName(numeric=True)] = ""
    ground_column: Annotated[str, ColumnName(numeric=True)] = ""
    roof_shape_column: Annotated[str, ColumnName()] = ""
    roof_height_column: Annotated[str, ColumnName(numeric=True)] = ""
    use_column: Annotated[str, ColumnName()] = ""
    material_column: Annotated[str, ColumnName()] = ""
    year_column: Annotated[str, ColumnName()] = ""
    surface_is: Annotated[str, Choice("altitude", "above_ground")] = "altitude"

    def chosen(self) -> dict[str, str]:
        """Return the columns that were set, by meaning; empty where none was."""
        return {
            "height": self.height_column,
            "storeys": self.storeys_column,
            "ground": self.ground_column,
            "roof_shape": self.roof_shape_column,
            "roof_height": self.roof_height_column,
            "use": self.use_column,
            "material": self.material_column,
            "year": self.year_column,
        }
