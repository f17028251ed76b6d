"""The templates of sheets and decks that come along, by their names."""

from __future__ import annotations

from pathlib import Path

from twin.errors import BelvedereError

TEMPLATES = Path(__file__).resolve().parents[1] / "assets" / "templates"


def shipped() -> list[str]:
    """Return the names of the templates that come along."""
    return sorted(path.stem for path in TEMPLATES.glob("*.toml"))


def template_path(name: str) -> Path:
    """Return the file of a template: one that comes along by its name, else a path.

    Raises
    ------
    BelvedereError
        ``template.not_found``.
    """
    if name in shipped():
        return TEMPLATES / f"{name}.toml"
    path = Path(name)
    if path.suffix.lower() not in (".toml", ".json") or not path.is_file():
        raise BelvedereError("template.not_found", name, known=", ".join(shipped()))
    return path
