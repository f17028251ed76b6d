"""Every text that a plugin shows exists in the languages of the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.contract.findings import Findings, finding
from twin.model.params import fields_of
from twin.registry.manifest import Manifest

LANGUAGES = ("en", "fr")
FEWEST_WORDS = 10


def check_text(text: Mapping[str, str], what: str, where: str) -> Findings:
    """Yield a finding for each language that a text lacks."""
    for language in LANGUAGES:
        if not text.get(language):
            yield finding("contract.text_missing", where, what=what, language=language)


def check_titles(manifest: Manifest) -> Findings:
    """Yield a finding for each title of a manifest that lacks a language."""
    yield from check_text(manifest.title, "title", manifest.id)
    for layer_type in manifest.layers:
        yield from check_text(layer_type.title, "title", layer_type.id)
        if not layer_type.icon:
            yield finding("contract.icon_missing", layer_type.id)


def check_papers(manifest: Manifest) -> Findings:
    """Yield a finding where a plugin comes without a page that says what it is for."""
    if manifest.id.startswith("belvedere."):
        return  # the built-in layers stand in the guide
    page = manifest.folder / "README.md"
    try:
        words = len(page.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError):
        words = 0
    if words < FEWEST_WORDS:
        yield finding("contract.papers_missing", manifest.id, file="README.md")


def check_params(params: type, manifest: Manifest, where: str) -> Findings:
    """Yield a finding for each parameter without a label, and each default outside its own limits."""
    try:
        fields = fields_of(params)
    except TypeError as error:
        yield finding("contract.params_untyped", where, reason=str(error))
        return
    for field in fields:
        yield from _key(manifest, f"params.{field.name}", where)
        for choice in field.choice:
            yield from _key(manifest, f"choice.{choice}", where)
        if not _default_allowed(field.default, field.range, field.choice):
            yield finding("contract.param_default", where, name=field.name, value=field.default)


def _key(manifest: Manifest, key: str, where: str) -> Findings:
    texts = {lang: manifest.translations.get(lang, {}).get(key, "") for lang in LANGUAGES}
    yield from check_text(texts, key, where)


def _default_allowed(default: Any, limits: Any, choice: tuple[str, ...]) -> bool:
    if limits is not None and not limits.low <= default <= limits.high:
        return False
    return not choice or default in choice
