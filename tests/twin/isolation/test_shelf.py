"""Registry files: signed, fresh, their packs unchanged; installed, updated, pinned, rolled back, removed."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.twin.isolation.conftest import write_plugin
from twin.errors import PluginError
from twin.isolation.pack import pack, unpack
from twin.isolation.shelf import Installer, Shelf, read_list, sign_list, version_key

KEY = "11" * 32
OTHER = "22" * 32


def offer(tmp_path: Path, version: str) -> dict[str, object]:
    folder = write_plugin(tmp_path / f"source-{version}")
    manifest = (
        (folder / "plugin.toml").read_text().replace('version = "1"', f'version = "{version}"')
    )
    (folder / "plugin.toml").write_text(manifest)
    path, checksum = pack(folder, tmp_path / "shelf")
    return {
        "id": "stranger",
        "version": version,
        "api": "0.1",
        "url": path.name,
        "sha256": checksum,
        "size": path.stat().st_size,
    }


def listing(tmp_path: Path, *versions: str, serial: int = 1, **changes: object) -> bytes:
    rows = [offer(tmp_path, version) | changes for version in versions]
    signed = {"name": "ours", "serial": serial, "expires": "2099-01-01", "plugins": rows}
    return sign_list(signed, KEY).encode()


def shelf(tmp_path: Path, *versions: str, **changes: object) -> Shelf:
    data = listing(tmp_path, *versions, **changes)
    key = json.loads(data)["key"]
    return read_list(data, str(tmp_path / "shelf" / "list.json"), trusted_key=key)


def installer(tmp_path: Path) -> Installer:
    return Installer(tmp_path / "home" / "plugins", lambda url, _most: Path(url).read_bytes())


def key_of(error: pytest.ExceptionInfo[PluginError]) -> str:
    return error.value.problem.key


def test_install_update_pin_roll_back_and_remove(tmp_path: Path) -> None:
    work = installer(tmp_path)
    first = shelf(tmp_path, "1.9.0")
    work.install(first, first.find("stranger"))
    both = shelf(tmp_path, "1.9.0", "1.10.0")
    work.pin("stranger", pinned=True)
    assert work.update(both) == []
    with pytest.raises(PluginError) as caught:
        work.install(both, both.find("stranger"))
    assert key_of(caught) == "plugin.pinned"
    work.pin("stranger", pinned=False)
    assert [r.version for r in work.update(both)] == ["1.10.0"]
    assert work.roll_back("stranger").version == "1.9.0"
    assert work.installed()["stranger"].pinned
    with pytest.raises(PluginError) as caught:
        work.roll_back("stranger")
    assert key_of(caught) == "plugin.no_earlier"
    work.remove("stranger")
    assert work.installed() == {}
    assert not (tmp_path / "home" / "plugins" / "stranger").exists()


@pytest.mark.parametrize("change", ["name", "signature", "key"])
def test_a_list_that_was_changed_is_refused(tmp_path: Path, change: str) -> None:
    whole = json.loads(listing(tmp_path, "1.0"))
    trusted = whole["key"]
    if change == "name":
        whole["signed"]["name"] = "theirs"
    elif change == "signature":
        whole["signature"] = "00" * 64
    else:
        whole = json.loads(sign_list(whole["signed"], OTHER))
    with pytest.raises(PluginError) as caught:
        read_list(json.dumps(whole).encode(), "list.json", trusted_key=trusted)
    assert key_of(caught) in {"plugin.shelf_forged", "plugin.shelf_other_key"}


def test_an_old_or_expired_list_is_refused(tmp_path: Path) -> None:
    data = listing(tmp_path, "1.0", serial=5)
    key = json.loads(data)["key"]
    with pytest.raises(PluginError) as caught:
        read_list(data, "list.json", trusted_key=key, serial=6)
    assert key_of(caught) == "plugin.shelf_old"
    with pytest.raises(PluginError) as caught:
        read_list(data, "list.json", trusted_key=key, now=datetime(2100, 1, 1, tzinfo=UTC))
    assert key_of(caught) == "plugin.shelf_expired"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"signed": 5, "key": "", "signature": ""}'])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(PluginError) as caught:
        read_list(data, "list.json", trusted_key="")
    assert key_of(caught) == "plugin.bad_shelf"


def test_a_pack_that_was_exchanged_is_not_installed(tmp_path: Path) -> None:
    listed = shelf(tmp_path, "1.0")
    path = tmp_path / "shelf" / "stranger-1.0.belvedere-plugin"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(PluginError) as caught:
        installer(tmp_path).install(listed, listed.find("stranger"))
    assert key_of(caught) == "plugin.wrong_sum"


def test_a_list_on_disk_cannot_point_elsewhere(tmp_path: Path) -> None:
    listed = shelf(tmp_path, "1.0", url="../../etc/passwd")
    with pytest.raises(PluginError) as caught:
        installer(tmp_path).install(listed, listed.find("stranger"))
    assert key_of(caught) == "plugin.data_outside"


def test_a_pack_of_another_plugin_is_not_installed(tmp_path: Path) -> None:
    listed = shelf(tmp_path, "1.0", id="somebody_else")
    with pytest.raises(PluginError) as caught:
        installer(tmp_path).install(listed, listed.find("somebody_else"))
    assert key_of(caught) == "plugin.wrong_pack"


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a\\..\\evil.py"])
def test_a_pack_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    path, _ = pack(write_plugin(tmp_path / "stranger"), tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "evil")
    with pytest.raises(PluginError):
        unpack(path, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_no_pack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.belvedere-plugin").write_bytes(b"no zip")
    with pytest.raises(PluginError) as caught:
        unpack(tmp_path / "x.belvedere-plugin", tmp_path / "out")
    assert key_of(caught) == "plugin.no_pack"


def test_versions_are_ordered_as_people_expect() -> None:
    versions = ["1.10.0", "1.9.0", "2.0.0-rc1", "2.0.0", "1.9"]
    ordered = ["1.9", "1.9.0", "1.10.0", "2.0.0-rc1", "2.0.0"]
    assert sorted(versions, key=version_key) == ordered


def test_the_checksum_is_that_of_the_file(tmp_path: Path) -> None:
    path, checksum = pack(write_plugin(tmp_path / "stranger"), tmp_path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == checksum
