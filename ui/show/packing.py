"""A pack of a project as the application makes it: with the fonts of its languages, signed by the user's key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twin import __version__
from twin.errors import BelvedereError
from twin.export.pack import Luggage, write_pack
from twin.extras import require
from twin.model.project import Project
from twin.model.story import texts_of

if TYPE_CHECKING:
    from twin.registry import Registry


def pack_project(
    project: Project, folder: Path, registry: Registry, out: Path, *, key: bytes | None = None
) -> str:
    """Write a pack; return the fingerprint of the key that signed it. Raises ProjectError, OSError."""
    luggage = Luggage(
        project=project,
        folder=folder,
        more=fonts_of(project),
        plugins=versions_of(project, registry),
    )
    return write_pack(luggage, out, private_key=key)


def fonts_of(project: Project) -> dict[str, bytes]:
    """Return the letters that the project's texts need, as fonts, each with its licence, by name in the pack."""
    from twin.export.fonts import subset
    from ui.text import font_files, licence_of, script_files

    spoken = {code for story in project.stories for code in story.languages}
    texts = [t for story in project.stories for _, text in texts_of(story) for t in text.values()]
    if not texts:
        return {}
    files = [
        *font_files()[:1],
        *(p for code, p in sorted(script_files().items()) if code in spoken),
    ]
    found: dict[str, bytes] = {}
    for path in files:
        stem = "".join(c if c.isalnum() else "-" for c in path.stem).strip("-")
        found[f"fonts/{stem}{path.suffix}"] = subset(path, texts, flavour="")
        found[f"fonts/{stem}.licence.txt"] = licence_of(path).encode()
    return found


def versions_of(project: Project, registry: Registry) -> dict[str, str]:
    """Return the version of every plugin whose layers the project uses."""
    used = {spec.type for spec in project.layers}
    found = {"belvedere": __version__}
    versions = {entry.id: entry.version for entry in registry.entries}
    for contribution in registry.contributions("layers"):
        if contribution.id in used:
            found[contribution.plugin] = versions.get(contribution.plugin, "")
    return found


def key_from(path: Path) -> bytes:
    """Return the private key of a PEM file. Raises BelvedereError ``pack.bad_key``."""
    require("show", "cryptography")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise BelvedereError("pack.bad_key", path.name, reason=str(error)[:120]) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BelvedereError("pack.bad_key", path.name, reason="not Ed25519")
    return key.private_bytes_raw()
