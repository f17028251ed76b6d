"""Contributions other than layers, tried on the samples that ``[contract]`` names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.contract import answers, brought, feeding, samples
from twin.contract.drawn import same
from twin.contract.findings import Caller, Findings, finding
from twin.contract.texts import check_text
from twin.model.layer import Fact
from twin.model.table import FeatureTable
from twin.registry import Contribution, Manifest, Registry


def check_contributions(
    manifest: Manifest, registry: Registry, tables: Mapping[str, FeatureTable]
) -> Findings:
    """Yield what is wrong with the contributions of a plugin that are no layers.

    Parameters
    ----------
    tables : mapping
        What the layers of the plugin loaded of their own samples, by layer type.
    """
    for contribution in manifest.contributions:
        if contribution.kind == "layers":
            continue
        yield from check_text(contribution.title, "title", contribution.id)
        where = f"{contribution.id} ({contribution.kind})"
        call = Caller(where, manifest.folder)
        loaded = call("load", registry.load, contribution)
        if loaded is not None:
            yield from _check(call, contribution, loaded, manifest, tables)
        yield from call.found


def _check(
    call: Caller,
    contribution: Contribution,
    loaded: Any,
    manifest: Manifest,
    tables: Mapping[str, FeatureTable],
) -> Findings:
    sample = sample_of(manifest, contribution)
    match contribution.kind:
        case "readers":
            yield from _reader(call, loaded, manifest, sample)
        case "networks":
            yield from _network(call, contribution, loaded, tables)
        case "indicators":
            yield from _indicator(call, loaded, tables)
        case "feeds":
            yield from feeding.check_feed(call, loaded, manifest, sample)
        case "analyses" | "commands" | "panels" | "tools":
            yield from brought.check_function(call, contribution, loaded, manifest, tables)
        case kind if kind in brought.FILES:
            yield from brought.check_file(call, contribution, loaded)


def sample_of(manifest: Manifest, contribution: Contribution) -> Any:
    """Return what ``[contract]`` says to try a contribution on: ``[contract.readers] id = "file"``."""
    declared = manifest.extra.get("contract", {})
    rows = declared.get(contribution.kind, {}) if isinstance(declared, dict) else {}
    return rows.get(contribution.id) if isinstance(rows, dict) else None


def _reader(call: Caller, read: Any, manifest: Manifest, sample: Any) -> Findings:
    endings = next(
        (c.options.get("suffixes") for c in manifest.contributions if c.id in call.where), None
    )
    if not isinstance(endings, list) or not all(str(e).startswith(".") for e in endings):
        yield finding("contract.suffixes_missing", call.where)
    path = manifest.folder / str(sample)
    if not sample or not path.resolve().is_relative_to(manifest.folder.resolve()):
        yield finding("contract.no_sample", call.where)
        return
    first = call("read", read, path)
    if first is None:
        return
    frame = getattr(first, "frame", first)
    crs = getattr(first, "crs", None)
    if not hasattr(frame, "geometry"):
        yield finding("contract.result", call.where, call="read", expected="a GeoDataFrame")
    elif not crs:
        yield finding("contract.crs_missing", call.where)
    elif not _same_frames(frame, call("read", read, path)):
        yield finding("contract.not_deterministic", call.where, what="read")


def _same_frames(frame: Any, again: Any) -> bool:
    return bool(frame.equals(getattr(again, "frame", again)))


def _network(
    call: Caller, contribution: Contribution, function: Any, tables: Mapping[str, FeatureTable]
) -> Findings:
    from twin.network.model import Network

    layer = str(contribution.options.get("layer", ""))
    table = tables.get(layer)
    if table is None:
        yield finding("contract.no_network_layer", call.where, layer=layer)
        return
    network = call("network", function, table)
    if network is None:
        return
    if not isinstance(network, Network):
        yield finding("contract.result", call.where, call="network", expected="api.network.Network")
        return
    if not len(network.edges) or not len(network.source_nodes()):
        yield finding("contract.network_empty", call.where)
    again = call("network", function, table)
    if again is not None and not same(network.edges, again.edges):
        yield finding("contract.not_deterministic", call.where, what="network")


def _indicator(call: Caller, function: Any, tables: Mapping[str, FeatureTable]) -> Findings:
    cases: list[Mapping[str, FeatureTable]] = [{}, tables]
    cases += [{"sample": samples.sample(kind)} for kind in ("point", "polygon")]
    for case in cases:
        for fact in call("indicators", function, case, answers.MOMENTS[1]) or ():
            if not isinstance(fact, Fact):
                yield finding("contract.result", call.where, call="indicators", expected="Fact")
                continue
            yield from check_text(fact.label, "indicator", call.where)
            if isinstance(fact.value, float) and not fact.unit:
                yield finding("contract.unit_missing", call.where, column=dict(fact.label))
