"""A plugin's own packages: resolved by pip into its own folder from wheels; the application's stay as they are."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import importlib.util
import zipfile
from pathlib import Path

import pytest

from tests.twin.isolation.conftest import needs_walls, write_plugin
from twin.api import testing
from twin.errors import PluginError
from twin.isolation.environment import is_ready, provide, remove, site_of
from twin.isolation.proxy import IsolatedLayer
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.registry import read_manifest


def wheel(folder: Path, name: str, version: str, code: str, *needs: str) -> None:
    """Write a pure-Python wheel, as the format has it (PEP 427)."""
    folder.mkdir(parents=True, exist_ok=True)
    about = f"{name}-{version}.dist-info"
    needed = "".join(f"Requires-Dist: {need}\n" for need in needs)
    files = {
        f"{name}.py": code,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_digest(text)},{len(text)}\n" for path, text in files.items())
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in {**files, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            archive.writestr(path, text)


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def plugin(tmp_path: Path, *requires: str, load: str = "pass") -> Path:
    folder = write_plugin(tmp_path / "stranger", load=load)
    path = folder / "plugin.toml"
    text = path.read_text().replace(
        "[[contributions", f"requires = {list(requires)}\n[[contributions", 1
    )
    path.write_text(text)
    wheel(
        folder / "wheels", "oddtown", "1.4", "import oddbase\nanswer = oddbase.answer", "oddbase>=2"
    )
    wheel(folder / "wheels", "oddbase", "1.0", "answer = 1")
    wheel(folder / "wheels", "oddbase", "2.1", "answer = 42")
    wheel(folder / "wheels", "numpy", "0.0.1", "raise RuntimeError('not ours')")
    return folder


def host() -> set[tuple[str, str]]:
    return {(d.metadata["Name"], d.version) for d in importlib.metadata.distributions()}


@needs_walls
def test_packages_are_the_plugins_own_and_the_hosts_stay(tmp_path: Path) -> None:
    lines = "import oddtown\nassert oddtown.answer == 42\nassert np.__version__ > '1'"
    folder = plugin(tmp_path, "oddtown==1.4", load=lines)
    manifest, homes = read_manifest(folder), tmp_path / "environments"
    warden = Warden(TrustStore(), environments=homes)
    ctx = testing.FakeContext(tables={"features": testing.sample_table("point")})
    with pytest.raises(PluginError) as caught:
        IsolatedLayer(manifest, manifest.layers[0], warden).load(ctx)
    assert caught.value.problem.key == "plugin.needs_packages"
    before = host()
    provide(homes, manifest)
    names = {p.name for p in site_of(homes, manifest).glob("*.py")}
    assert names == {"oddtown.py", "oddbase.py"}
    layer = IsolatedLayer(manifest, manifest.layers[0], warden)
    assert len(layer.load(ctx)) == 12
    layer.close()
    assert host() == before
    assert importlib.util.find_spec("oddtown") is None
    remove(homes, manifest.id)
    assert not is_ready(homes, manifest)


@pytest.mark.parametrize("requirement", ["numpy==0.0.1", "nowhere_to_be_found==1"])
def test_what_does_not_fit_the_hosts_versions_is_refused(tmp_path: Path, requirement: str) -> None:
    manifest, homes = read_manifest(plugin(tmp_path, requirement)), tmp_path / "environments"
    before = host()
    with pytest.raises(PluginError) as caught:
        provide(homes, manifest)
    assert caught.value.problem.key == "plugin.no_environment"
    assert host() == before
    assert not site_of(homes, manifest).exists()
    assert list((homes / manifest.id).iterdir()) == []


@pytest.mark.parametrize(
    "requirement", ["--index-url=http://evil", "x @ file:///etc", "https://evil.example.org/x.whl"]
)
def test_a_requirement_names_a_package_and_nothing_else(tmp_path: Path, requirement: str) -> None:
    manifest = read_manifest(plugin(tmp_path, requirement))
    with pytest.raises(PluginError) as caught:
        provide(tmp_path / "environments", manifest)
    assert caught.value.problem.key == "plugin.bad_requirement"
