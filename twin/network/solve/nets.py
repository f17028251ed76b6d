"""Nets of pandapower and pandapipes made of plain tables. Runs in the solver's process only.

What a file says to import is never imported: tables are rebuilt from plain values, and of objects only fluids and
standard types of pandapipes are taken, by name from a short list.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson

from twin.network import panda_tables
from twin.network.model import NetworkError
from twin.network.panda_tables import PIPES, Document, Table

FLUIDS = "pandapipes.properties.fluids"
STD_TYPES = "pandapipes.std_types.std_type_class"
HOME_OF = {
    **dict.fromkeys(
        (
            "Fluid",
            "FluidProperty",
            "FluidPropertyInterExtra",
            "FluidPropertyConstant",
            "FluidPropertyLinear",
            "FluidPropertyPolynominal",
            "FluidPropertySutherland",
        ),
        FLUIDS,
    ),
    **dict.fromkeys(
        ("StdType", "PumpStdType", "RegressionStdType", "InterpolationStdType"), STD_TYPES
    ),
    **dict.fromkeys(("array", "float64", "float32", "int64", "int32", "bool_"), "numpy"),
    **dict.fromkeys(("tuple", "set", "frozenset", "complex"), "builtins"),
}
"""The classes that may be made, each from this module and no other, whatever module the file names."""
SKIPPED = ("res_", "_", "controller", "group")


def from_file(path: Path) -> Any:
    """Return the net of a JSON file, brought to the form of the installed library.

    Raises
    ------
    NetworkError
        Not such a file, or it holds what may not be loaded.
    """
    document = panda_tables.read(path)
    try:
        if document.kind == PIPES:
            return _pipes(document, path.name)
        return _power(document)
    except NetworkError:
        raise
    except Exception as error:  # what a library says of a broken file
        reason = f"{type(error).__name__}: {error}"[:200]
        raise NetworkError("network.not_readable", path.name, reason=reason) from error


def _power(document: Document) -> Any:
    import pandapower
    from pandapower.convert_format import convert_format

    net = pandapower.create_empty_network()
    _take_plain(net, document)
    _fill(net, document)
    return convert_format(net)


def _pipes(document: Document, where: str) -> Any:
    import pandapipes
    from pandapipes.io.convert_format import convert_format
    from pandapipes.pandapipes_net import get_basic_net_entries, pandapipesNet

    basic = get_basic_net_entries()
    known = {*document.rest, *document.tables}
    net = pandapipesNet({name: basic[name] for name in basic if name in known})
    _take_plain(net, document)
    for name in ("fluid", "std_types", "std_type"):
        if name in document.rest:
            net[name] = _object(document.rest[name], where)
    net["component_list"] = _components(document.rest.get("component_list", []))
    _fill(net, document)
    if net.get("fluid") is None:
        pandapipes.create_fluid_from_lib(net, "water")
    return convert_format(net)


def _components(listed: Any) -> list[Any]:
    import inspect

    import pandapipes.component_models as models

    names = {str(entry.get("_class")) for entry in listed if isinstance(entry, dict)}
    return [member for name, member in inspect.getmembers(models, inspect.isclass) if name in names]


def _object(value: Any, where: str) -> Any:
    """Return a fluid or standard types by the library's own decoder, after a look at every class in it."""
    from pandapipes.io.file_io import from_json_string

    return from_json_string(json.dumps(_checked(value, where)))


def _checked(value: Any, where: str, depth: int = 0) -> Any:
    """Return a value written anew, so that no other reader finds in it what this one did not."""
    if depth > 60:
        raise NetworkError("network.not_readable", where, reason="nested too deep")
    if isinstance(value, list):
        return [_checked(v, where, depth + 1) for v in value]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        inner = panda_tables.decoded(value)
        return value if inner is None else json.dumps(_checked(inner, where, depth + 1))
    if not isinstance(value, dict):
        return value
    checked = {k: _checked(v, where, depth + 1) for k, v in value.items()}
    if "_module" in value or "_class" in value:
        name = str(value.get("_class"))
        if name not in HOME_OF:
            named = f"{value.get('_module')}.{name}"[:80]
            raise NetworkError("network.forbidden_object", where, name=named)
        checked["_module"] = HOME_OF[name]
    return checked


def _take_plain(net: Any, document: Document) -> None:
    """Take the plain values of a file; nothing that should be a table becomes something else."""
    for name, value in document.rest.items():
        if _plain(name, value) and not hasattr(net.get(name), "columns"):
            net[name] = value


def _plain(name: str, value: Any) -> bool:
    """Whether something of a file is a plain value that may be taken as it is."""
    if name.startswith(SKIPPED) or name in {"fluid", "std_type", "component_list"}:
        return False
    return "_class" not in orjson.dumps(value).decode()


def _fill(net: Any, document: Document) -> None:
    for name, table in document.tables.items():
        if not name.startswith(SKIPPED):
            net[name] = _frame(table)


def _frame(table: Table) -> Any:
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame(
        {name: pd.Series(values, dtype=object) for name, values in table.columns.items()}
    )
    for name in frame.columns:
        wanted = str(table.dtypes.get(name, "object"))
        if wanted == "object":
            continue
        try:
            frame[name] = frame[name].astype(np.dtype(wanted))
        except (TypeError, ValueError):
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
    whole = all(isinstance(i, int) for i in table.index)
    frame.index = pd.Index(np.array(table.index, np.int64) if whole else table.index)
    return frame
