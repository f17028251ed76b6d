"""Contributions beside layers: functions called on the samples, files read as the application reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from twin.contract import answers, samples
from twin.contract.drawn import same
from twin.contract.findings import Caller, Findings, finding
from twin.contract.texts import check_text
from twin.drawables import check
from twin.model.edits import Edit
from twin.model.ground import FlatGround
from twin.model.layer import Fact, ViewQuery
from twin.model.panels import Button, Form, Grid, Paragraph, checked_parts
from twin.model.table import FeatureTable
from twin.registry import Contribution, Manifest
from twin.registry.registry import words_of
from twin.services.catalogue import read_catalogue
from twin.work.brought import calls, data, glyphs

AT = answers.MOMENTS[1]
Tables = Mapping[str, FeatureTable]


def check_function(
    call: Caller, contribution: Contribution, function: Any, manifest: Manifest, tables: Tables
) -> Findings:
    """Check a panel, tool, command or analysis on the samples of the plugin's layers, and on nothing."""
    asks = (_no_web,) if contribution.options.get("web") is True else ()
    for case in ({}, tables) if tables else ({},):
        yield from _function(call, contribution, partial(function, case), (manifest, asks))


def _function(
    call: Caller, contribution: Contribution, function: partial[Any], more: Any
) -> Findings:
    manifest, asks = more
    match contribution.kind:
        case "panels":
            yield from _panel(call, manifest, partial(function, AT, {}, *asks))
        case "tools":
            yield from _tool(call, partial(function, _places(contribution), _view(), *asks))
        case "commands":
            yield from _command(call, partial(function, AT, {}, *asks))
        case "analyses" if function.args[0]:  # of no table it may make none
            yield from _analysis(call, partial(function, AT, *asks))


FILES: Mapping[str, Callable[[Path], object]] = {
    "glyphs": glyphs.shape_of,
    "services": read_catalogue,
    "stories": data.story_of,
    "styles": data.style_of,
    "translations": words_of,
}
"""What reads the file of a kind; whatever it raises is the finding."""


def check_file(call: Caller, contribution: Contribution, path: Path) -> Findings:
    """Check that a file is what its kind says."""
    call("read", FILES[contribution.kind], path)
    if contribution.kind == "translations" and not contribution.options.get("language"):
        yield finding("plugin.field_missing", call.where, field="language")


def _panel(call: Caller, manifest: Manifest, show: Callable[[], Any]) -> Findings:
    answer = call("panel", show)
    if answer is None:
        return
    parts = call("panel", checked_parts, answer) or ()
    commands = {c.id for c in manifest.contributions if c.kind == "commands"}
    for part in parts:
        yield from _words(call, part)
        if isinstance(part, Button) and part.command not in commands:
            yield finding("contract.no_command", call.where, command=part.command)
    if not same(answer, call("panel", show)):
        yield finding("contract.not_deterministic", call.where, what="panel")


def _words(call: Caller, part: Any) -> Findings:
    texts: Sequence[Mapping[str, str]] = ()
    if isinstance(part, Paragraph | Button):
        texts = (part.text,)
    elif isinstance(part, Fact):
        texts = (part.label,)
    elif isinstance(part, Grid):
        texts = tuple(part.columns)
    elif isinstance(part, Form):
        texts = tuple(f.label for f in part.fields)
    for text in texts:
        yield from check_text(text, "panel", call.where)


def _tool(call: Caller, use: Callable[[], Any]) -> Findings:
    for found in call("tool", use) or ():
        if isinstance(found, Fact):
            yield from check_text(found.label, "tool", call.where)
            continue
        try:
            check(found, rows=0)
        except (ValueError, TypeError, AttributeError) as error:
            kind = type(found).__name__
            yield finding("contract.drawable", call.where, kind=kind, reason=str(error))


def _command(call: Caller, use: Callable[[], Any]) -> Findings:
    answer = call("command", use)
    if answer is not None and not all(isinstance(edit, Edit) for edit in answer):
        yield finding("contract.result", call.where, call="command", expected="a list of Edit")


def _analysis(call: Caller, run: Callable[[], Any]) -> Findings:
    table = call("analysis", run)
    if table is not None and not isinstance(table, FeatureTable):
        yield finding("contract.result", call.where, call="analysis", expected="FeatureTable")


def _places(contribution: Contribution) -> Any:
    count = calls.places_of(contribution)
    steps = np.arange(count)[:, None] * np.array([[30.0, 40.0, 0.0]])
    return np.asarray(samples.FRAME.origin) + steps


def _view() -> ViewQuery:
    return ViewQuery(at=AT, frame=samples.FRAME, ground=FlatGround())


def _no_web(url: str, headers: object = None) -> bytes:
    """Stand for the web, which no check reaches."""
    from twin.live.feed import FeedError

    del headers
    raise FeedError("feed.unreachable", url[:80], reason="not while it is checked")
