"""How Sphinx builds the pages of authors: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

project = "Belvedere"
author = "Belvedere"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "Belvedere for authors"
source_suffix = {".md": "markdown"}
include_patterns = ["authors.md", "plugins.md", "cookbook.md", "api.md", "compatibility.md"]
root_doc = "authors"
myst_heading_anchors = 3
autodoc_member_order = "alphabetical"
autodoc_typehints = "description"
napoleon_numpy_docstring = True
autodoc_default_options = {"members": True, "show-inheritance": False}
suppress_warnings = ["myst.xref_missing", "ref.python"]
