"""Texts of a story for translators and back: gettext PO and XLIFF 1.2, so that their own tools spell and check."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.drawables import Text
from twin.errors import BelvedereError
from twin.model.story import Beside, Clip, Stop, Story, texts_of
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Put = Callable[[str, Text], Text]
    Each = Callable[[str, str, tuple[Any, ...]], tuple[Any, ...]]

MOST_BYTES = 16 * 1024 * 1024
NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
_QUOTED = re.compile(r'^(msgctxt|msgid|msgstr)?\s*(".*")$')


def write_po(story: Story, language: str, path: Path) -> None:
    """Write the texts of a story for translation into a language."""
    head = f"Language: {language}\\nMIME-Version: 1.0\\nContent-Type: text/plain; charset=UTF-8\\n"
    blocks = [f'msgid ""\nmsgstr "{head}X-Story: {story.id}\\n"\n']
    for key, source, target in _pairs(story, language):
        blocks.append(
            f"msgctxt {_quoted(key)}\nmsgid {_quoted(source)}\nmsgstr {_quoted(target)}\n"
        )
    path.write_text("\n".join(blocks), encoding="utf-8")


def write_xliff(story: Story, language: str, path: Path) -> None:
    """Write the texts of a story as XLIFF 1.2 (OASIS, 2008)."""
    from lxml import etree

    root = etree.Element("xliff", version="1.2", nsmap={None: NAMESPACE})
    file = etree.SubElement(
        root, "file", original=story.id, datatype="plaintext",
        attrib={"source-language": story.fallback, "target-language": language},
    )  # fmt: skip
    body = etree.SubElement(file, "body")
    for key, source, target in _pairs(story, language):
        unit = etree.SubElement(body, "trans-unit", id=key)
        etree.SubElement(unit, "source").text = source
        state = "translated" if target else "needs-translation"
        etree.SubElement(unit, "target", state=state).text = target
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    path.write_bytes(written)


def take_texts(story: Story, path: Path) -> tuple[Story, list[Problem]]:
    """Take translated texts from a PO or XLIFF file into a story.

    Returns
    -------
    (story, problems)
        Texts whose place the story no longer has are reported and left out; empty ones change nothing.

    Raises
    ------
    BelvedereError
        ``story.texts_unreadable``: neither of the two, damaged, or too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BelvedereError("story.texts_unreadable", path.name, reason="too large")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("story.texts_unreadable", path.name, reason=reason) from error
    try:
        language, found = _xliff(data) if data.lstrip()[:1] == b"<" else _po(data.decode("utf-8"))
    except (ValueError, SyntaxError, KeyError) as error:
        reason = str(error)[:200]
        raise BelvedereError("story.texts_unreadable", path.name, reason=reason) from error
    known = {key for key, _ in texts_of(story)}
    problems = [
        Problem("story.text_without_place", path.name, {"key": key[:80]}, Severity.WARNING)
        for key in found
        if key not in known
    ]
    return _with_texts(story, language, found), problems


def _pairs(story: Story, language: str) -> Iterator[tuple[str, str, str]]:
    for key, text in texts_of(story):
        source = text.get(story.fallback) or next((t for t in text.values() if t), "")
        if source:
            yield key, source, text.get(language, "")


def _with_texts(story: Story, language: str, found: Mapping[str, str]) -> Story:
    def put(key: str, text: Text) -> Text:
        return {**text, language: found[key]} if found.get(key) else text

    stops = tuple(_stop_with(stop, put) for stop in story.stops)
    languages = story.languages if language in story.languages else (*story.languages, language)
    return replace(
        story,
        title=put("title", story.title),
        summary=put("summary", story.summary),
        stops=stops,
        languages=languages,
    )


def _stop_with(stop: Stop, put: Put) -> Stop:
    def each(name: str, field: str, things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            replace(thing, **{field: put(f"{stop.id}/{name}/{n}", getattr(thing, field))})
            for n, thing in enumerate(things)
        )

    return replace(
        stop,
        title=put(f"{stop.id}/title", stop.title),
        text=put(f"{stop.id}/text", stop.text),
        notes=put(f"{stop.id}/notes", stop.notes),
        narration=put(f"{stop.id}/narration", stop.narration),
        figures=each("figure", "label", stop.figures),
        pictures=each("picture", "caption", stop.pictures),
        branches=each("branch", "title", stop.branches),
        beside=stop.beside and _beside_with(stop.beside, put, each, f"{stop.id}/beside"),
        video=stop.video and _clip_with(stop.video, put, f"{stop.id}/video"),
        sound=stop.sound and _clip_with(stop.sound, put, f"{stop.id}/sound"),
    )


def _beside_with(beside: Beside, put: Put, each: Each, key: str) -> Beside:
    return replace(
        beside,
        title=put(f"{key}/title", beside.title),
        own_title=put(f"{key}/own_title", beside.own_title),
        figures=each("beside/figure", "label", beside.figures),
    )


def _clip_with(clip: Clip, put: Put, key: str) -> Clip:
    return replace(clip, caption=put(f"{key}/caption", clip.caption))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _po(text: str) -> tuple[str, dict[str, str]]:
    entries: list[dict[str, str]] = [{}]
    field = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            if not line:
                entries.append({})
                field = ""
            continue
        parts = _QUOTED.match(line)
        if parts is None or not (parts[1] or field):
            raise ValueError(f"line {number}")
        field = parts[1] or field
        entries[-1][field] = entries[-1].get(field, "") + str(ast.literal_eval(parts[2]))
    head = next((e["msgstr"] for e in entries if e.get("msgid") == "" and "msgstr" in e), "")
    named = re.search(r"^Language:\s*([\w-]+)", head, re.MULTILINE)
    if named is None:
        raise ValueError("no Language in the header")
    return named[1], {e["msgctxt"]: e.get("msgstr", "") for e in entries if e.get("msgctxt")}


def _xliff(data: bytes) -> tuple[str, dict[str, str]]:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    file = root.find(f"{{{NAMESPACE}}}file")
    if file is None or not file.get("target-language"):
        raise ValueError("no file with a target-language")
    found = {}
    for unit in file.iter(f"{{{NAMESPACE}}}trans-unit"):
        target = unit.find(f"{{{NAMESPACE}}}target")
        if unit.get("id") and target is not None:
            found[unit.get("id")] = "".join(target.itertext())
    return file.get("target-language"), found
