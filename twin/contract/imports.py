"""Which modules the code of a layer or plugin may import: the public door, and known libraries."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from twin.contract.findings import Findings, finding

LIBRARIES = frozenset(
    {"geopandas", "numpy", "pandas", "pyarrow", "pyproj", "scipy", "shapely", "typing_extensions"}
)
DOORS = frozenset({"twin.api", "twin.api.testing"})
FORBIDDEN = frozenset({"ctypes", "importlib", "multiprocessing", "socket", "subprocess", "tkinter"})
"""Standard modules that reach other processes, the network, foreign code or windows."""


def check_imports(folder: Path) -> Findings:
    """Yield a finding for every import that leaves the rooms of an author."""
    own = f"{folder.parent.name}.{folder.name}"
    for path in sorted(folder.rglob("*.py")):
        where = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        except (SyntaxError, ValueError, OSError, RecursionError, MemoryError) as error:
            yield finding("contract.not_python", where, reason=str(error))
            continue
        for module, line in _imports(tree):
            if not _allowed(module, own):
                yield finding("contract.import_forbidden", f"{where}:{line}", module=module)


def _imports(tree: ast.AST) -> list[tuple[str, int]]:
    """Return the absolute names of imported modules with their lines; relative ones are the author's."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "twin":
                found += [(f"twin.{alias.name}", node.lineno) for alias in node.names]
            else:
                found.append((node.module, node.lineno))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "__import__":
            found.append(("__import__", node.lineno))
    return found


def _allowed(module: str, own: str) -> bool:
    root = module.partition(".")[0]
    if root == "twin":
        return module in DOORS
    if module == own or module.startswith(own + "."):
        return True
    return root in LIBRARIES or (root in sys.stdlib_module_names and root not in FORBIDDEN)
