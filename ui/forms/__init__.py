"""Forms that are made from data: the settings of a layer from its ``@params``, and its style."""

from __future__ import annotations

from ui.forms.params_form import ParamsForm
from ui.forms.style_form import StyleForm

__all__ = ["ParamsForm", "StyleForm"]
