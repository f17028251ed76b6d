"""What every layer and plugin must keep to: one suite, run by the tests and by whoever checks a plugin.

It knows no test framework. :func:`check_folder` yields a :class:`~twin.problems.Problem` for each
rule that is broken; nothing yielded means that the plugin may be shipped.
"""

from __future__ import annotations

from twin.contract.suite import check_folder, plugin_folders

__all__ = ["check_folder", "plugin_folders"]
