"""Packs: whole when nobody touched them; refused when somebody did, or never meant well."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin.render import toy_town
from tests.twin.show.story_of_town import story
from twin.errors import ProjectError
from twin.export.pack import Luggage, write_pack
from twin.store.pack import MANIFEST, SIGNATURE, open_pack, pack_of, safe_name
from twin.store.project_folder import load_project


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BELVEDERE_STATE", str(tmp_path / "state"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "none").write_text("data of the houses")
    project = replace(toy_town.project(), stories=(story(),))
    out = tmp_path / "town.belvedere"
    luggage = Luggage(
        project=project, folder=folder, more={"fonts/a.ttf": b"font"}, plugins={"toy": "1"}
    )
    write_pack(luggage, out, private_key=bytes(range(32)))
    return out


def rewritten(pack: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(pack) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    out = pack.with_name("changed.belvedere")
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out


def refused(path: Path) -> str:
    with pytest.raises(ProjectError) as error:
        load_project(path)
    return error.value.problem.key


def test_a_pack_opens_as_the_project_it_was(pack: Path) -> None:
    project, folder, problems = load_project(pack)
    assert problems == []
    assert project.stories == (story(),)
    assert (folder / "none").read_text() == "data of the houses"
    assert pack_of(folder) == pack.resolve()
    _, info, _ = open_pack(pack)
    assert len(info.signer.split(":")) == 16
    assert info.manifest["plugins"] == {"toy": "1"}
    assert info.manifest["languages"] == ["ar", "en", "ko"]


def test_the_same_project_and_key_give_the_same_bytes(pack: Path, tmp_path: Path) -> None:
    project, folder, _ = load_project(pack)
    again = tmp_path / "again.belvedere"
    luggage = Luggage(
        project=project, folder=folder, more={"fonts/a.ttf": b"font"}, plugins={"toy": "1"}
    )
    write_pack(luggage, again, private_key=bytes(range(32)))
    assert again.read_bytes() == pack.read_bytes()


def test_a_changed_file_is_noticed_even_when_the_pack_was_opened_before(pack: Path) -> None:
    load_project(pack)

    def change(members: dict[str, bytes]) -> None:
        members["none"] = b"data of the HOUSES"

    assert refused(rewritten(pack, change)) == "pack.tampered"


def test_a_changed_manifest_is_noticed_by_its_signature(pack: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[MANIFEST] = members[MANIFEST].replace(b'"toy": "1"', b'"toy": "2"')

    assert refused(rewritten(pack, change)) == "pack.tampered"


@pytest.mark.parametrize("added", ["extra.txt", "data/../../outside"])
def test_a_file_that_the_manifest_does_not_name_is_refused(pack: Path, added: str) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[added] = b"x"

    assert refused(rewritten(pack, change)) in ("pack.tampered", "pack.hostile")


def test_a_pack_without_signature_opens_and_says_so(pack: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        del members[SIGNATURE]

    _, _, problems = load_project(rewritten(pack, change))
    assert [p.key for p in problems] == ["pack.unsigned"]


def test_a_file_changed_after_unpacking_is_unpacked_again(pack: Path) -> None:
    _, folder, _ = load_project(pack)
    (folder / "none").write_text("somebody was here!")
    _, folder, _ = load_project(pack)
    assert (folder / "none").read_text() == "data of the houses"


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "/etc/passwd",
        "C:\\x",
        "a\\..\\b",
        "con.txt",
        "a//b",
        "a/./b",
        "x" * 300,
        "a\x00b",
        "a:b",
        "end. ",
    ],
)
def test_names_that_lead_out_or_break_systems_are_no_names(name: str) -> None:
    assert not safe_name(name)


def test_links_duplicates_and_bombs_are_refused_before_anything_is_written(
    pack: Path, tmp_path: Path
) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    linked = Path(shutil.copy(pack, tmp_path / "linked.belvedere"))
    with zipfile.ZipFile(linked, "a") as archive:
        archive.writestr(link, "/etc")
    assert refused(linked) == "pack.hostile"
    twice = Path(shutil.copy(pack, tmp_path / "twice.belvedere"))
    with zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("NONE", b"the same name to some systems")
    assert refused(twice) == "pack.hostile"
    bomb = Path(shutil.copy(pack, tmp_path / "bomb.belvedere"))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(80 * 1024 * 1024))
    assert refused(bomb) == "pack.bomb"
    assert not list((tmp_path / "state").rglob("link"))


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_pack_is_said_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.belvedere"
    path.write_bytes(content)
    assert refused(path) in ("pack.damaged", "pack.not_a_pack")


def test_a_cut_pack_and_any_flipped_byte_never_open_as_something_else(pack: Path) -> None:
    whole = pack.read_bytes()
    good = load_project(pack)[0]
    for place in range(0, len(whole), max(len(whole) // 60, 1)):
        changed = pack.with_name("flipped.belvedere")
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        try:
            project, _, problems = load_project(changed)
        except ProjectError:
            continue
        # Bytes that no reader looks at (times, attributes) may differ; what is read may not.
        assert project == good
        assert [p.key for p in problems] in ([], ["pack.unsigned"])


def test_a_newer_pack_asks_for_an_update(pack: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members[MANIFEST])
        members[MANIFEST] = json.dumps({**manifest, "version": 99}).encode()
        del members[SIGNATURE]

    assert refused(rewritten(pack, change)) == "pack.newer"


def test_a_file_that_is_missing_keeps_a_pack_from_being_made(tmp_path: Path) -> None:
    luggage = Luggage(project=toy_town.project(), folder=tmp_path, more={}, plugins={})
    with pytest.raises(ProjectError) as error:
        write_pack(luggage, tmp_path / "x.belvedere")
    assert error.value.problem.key == "pack.missing_file"
    assert list(tmp_path.iterdir()) == []
