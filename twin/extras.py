"""The optional parts of the set-up: a line that names what is missing, not a bare import error."""

from __future__ import annotations

import importlib
from types import ModuleType

from twin.errors import BelvedereError


class MissingExtraError(BelvedereError, ImportError):
    """A package that only some work needs is not installed.

    Parameters
    ----------
    extra : str
        Name of the extra in pyproject.toml, for instance ``"network"``.
    module : str
        The module that could not be imported.
    """

    def __init__(self, extra: str, module: str) -> None:
        super().__init__("extra.missing", module, extra=extra)
        line = f"{module} is not installed (extra '{extra}'): run 'make setup'"
        self.msg = f"{line}, or 'python .ci/bootstrap.py --extra {extra}'"


def require(extra: str, module: str) -> ModuleType:
    """Import a module that comes with an extra.

    Parameters
    ----------
    extra : str
        Name of the extra in pyproject.toml.
    module : str
        Dotted name of the module.

    Raises
    ------
    MissingExtraError
        If the module's own package is not installed. An installed package that is broken raises
        its own error, so that nobody is told to install what is already there.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != module.split(".")[0]:
            raise
        raise MissingExtraError(extra, module) from error
