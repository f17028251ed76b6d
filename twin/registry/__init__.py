"""Manifests, discovery and contributions of layers and plugins, and the errors of broken ones."""

from __future__ import annotations

from twin.registry.contributions import KINDS, Contribution
from twin.registry.manifest import LayerType, Manifest, read_manifest
from twin.registry.registry import Entry, Registry

__all__ = ["KINDS", "Contribution", "Entry", "LayerType", "Manifest", "Registry", "read_manifest"]
