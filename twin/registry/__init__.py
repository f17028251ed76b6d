"""Manifests, discovery and contributions of layers and plugins, and the errors of broken ones."""

from __future__ import annotations

from twin.registry.manifest import LayerType, Manifest, read_manifest
from twin.registry.registry import Registry

__all__ = ["LayerType", "Manifest", "Registry", "read_manifest"]
