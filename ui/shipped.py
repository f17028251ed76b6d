"""Where what comes with the application lies."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "assets" / "demo"
SERVICES = ROOT / "assets" / "services" / "services.toml"
"""The catalogue of services that cities are fetched from."""
