"""The lock pins, with hashes, all that pyproject.toml asks for, and not where it came from."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.arch.rules import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", ROOT / ".ci" / "lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _pins() -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE):
        pins.setdefault(canonicalize_name(name), set()).add(version)
    return pins


def test_everything_asked_for_is_pinned_within_its_bounds(project: dict[str, Any]) -> None:
    asked = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        asked += extra
    pins = _pins()
    for text in asked:
        wanted = Requirement(text)
        if canonicalize_name(wanted.name) == project["name"]:
            continue
        versions = pins.get(canonicalize_name(wanted.name), set())
        assert versions, f"{wanted.name} is not in requirements.lock: run 'make lock'"
        outside = [version for version in versions if not wanted.specifier.contains(version)]
        assert outside == [], f"{text}: run 'make lock'"


def test_every_pin_has_hashes() -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) > 50
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "pyproject.toml",
        "Makefile",
        ".ci/run",
        ".ci/bootstrap.py",
        ".ci/lock.py",
        ".ci/system.py",
    ],
)
def test_set_up_names_no_host_and_no_folder_of_a_machine(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"\w+://\S+|--(?:extra-)?index-url\b|--find-links\b|file:", text)
    assert found == []


def test_the_core_brings_no_test_tool_and_no_solver(lock: ModuleType) -> None:
    core = {entry.name for entry in lock.closure(set())}
    assert {"pyside6-essentials", "shiboken6", "vtk", "matplotlib", "numpy"} <= core
    assert core.isdisjoint({"pytest", "ruff", "mypy", "pandapower", "ifcopenshell", "laspy", "uv"})


def test_an_extra_brings_what_its_packages_need(lock: ModuleType) -> None:
    network = {entry.name for entry in lock.closure({"network"})}
    assert {"pandapower", "pandapipes", "networkx", "pandera"} <= network
    points = {entry.name for entry in lock.closure({"points"})}
    assert {"laspy", "lazrs"} <= points
    assert "pandapower" not in points


def test_all_extras_together_are_the_whole_lock(lock: ModuleType, project: dict[str, Any]) -> None:
    everything = {entry.name for entry in lock.closure(set(project["optional-dependencies"]))}
    assert everything == set(_pins())


def test_markers_and_hashes_survive_the_choice(lock: ModuleType) -> None:
    numpy = [entry.text for entry in lock.closure(set()) if entry.name == "numpy"]
    assert len(numpy) == 2
    assert all("python_full_version" in text and "--hash=sha256:" in text for text in numpy)


def test_the_set_up_takes_the_pythons_that_the_project_declares(
    lock: ModuleType, project: dict[str, Any]
) -> None:
    declared = SpecifierSet(project["requires-python"])
    for minor in range(9, 17):
        taken = lock.OLDEST <= (3, minor) <= lock.NEWEST
        assert declared.contains(f"3.{minor}.0") is taken
