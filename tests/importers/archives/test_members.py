from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.errors import ReadError, UsageError
from stridelab.importers.archives import Limits, claims_recording, members
from stridelab.importers.archives.nested import PackedFile


def packed(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def names(*paths: Path, below: Path) -> list[str]:
    return [Path(member.name).relative_to(below).as_posix() for member in members(paths)]


def reason(path: Path, limits: Limits | None = None) -> str:
    """Why the only member of this path that fails does."""
    found = []
    for member in members([path], limits=limits or Limits()):
        try:
            member.read()
        except ReadError as error:
            found.append(str(error))
    assert len(found) == 1, found
    return found[0]


def test_a_folder_is_walked_in_sorted_order_and_hidden_files_stay_closed(tmp_path: Path) -> None:
    for name in ("b/2.fit", "b/1.fit", "a.gpx", ".hidden.fit", ".git/x.fit", "z.fit.gz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    (tmp_path / ".DS_Store").write_bytes(b"x")
    found = list(members([tmp_path]))
    assert [m.set_aside for m in found if m.name.endswith(".hidden.fit")] == ["hidden file"]
    seen = [member for member in found if not member.set_aside]
    assert [str(Path(m.name).relative_to(tmp_path)) for m in seen] == ["a.gpx", "b/1.fit", "b/2.fit", "z.fit.gz"]
    assert seen[0].read() == b"a.gpx"
    assert [member.size_bytes for member in seen] == [5, 7, 7, 8]


def test_a_file_named_by_the_user_is_read_even_when_hidden(tmp_path: Path) -> None:
    (tmp_path / ".run.fit").write_bytes(b"x")
    assert names(tmp_path / ".run.fit", below=tmp_path) == [".run.fit"]


def test_link_loops_end(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.fit").write_bytes(b"a")
    (tmp_path / "in" / "loop").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "in")
    assert len(names(tmp_path, below=tmp_path)) == 1


def test_a_link_that_leads_nowhere_is_reported(tmp_path: Path) -> None:
    (tmp_path / "gone.fit").symlink_to(tmp_path / "nothing")
    assert "leads nowhere" in reason(tmp_path)


def test_pipes_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fit")
    assert names(tmp_path, below=tmp_path) == []


def test_a_missing_path_is_wrong_usage_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        members([tmp_path, tmp_path / "missing"])


def test_an_empty_folder_has_no_members(tmp_path: Path) -> None:
    assert list(members([tmp_path])) == []


def test_zips_and_zips_in_them_are_streamed(tmp_path: Path) -> None:
    inner = packed({"c.fit": b"ccc", "d.fit": b"d" * 100_000})
    (tmp_path / "export.zip").write_bytes(packed({"x/a.fit": b"aa", "x/Part1.ZIP": inner, "x/b.fit": b"b"}))
    read = {Path(m.name).relative_to(tmp_path).as_posix(): m.read() for m in members([tmp_path])}
    assert read == {
        "export.zip/x/a.fit": b"aa",
        "export.zip/x/Part1.ZIP/c.fit": b"ccc",
        "export.zip/x/Part1.ZIP/d.fit": b"d" * 100_000,
        "export.zip/x/b.fit": b"b",
    }


@given(
    content=st.binary(min_size=1, max_size=300),
    tail=st.integers(0, 400),
    steps=st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(-300, 300), st.integers(-1, 300)), max_size=12),
)
def test_a_packed_file_reads_as_an_unpacked_one(content: bytes, tail: int, steps: list[tuple[int, int, int]]) -> None:
    plain = io.BytesIO(content)
    archive = zipfile.ZipFile(io.BytesIO(packed({"x": content})))
    with archive, archive.open("x") as file:
        nested = PackedFile(file, len(content), tail_bytes=tail)
        for whence, offset, size in steps:
            if {0: 0, 1: plain.tell(), 2: len(content)}[whence] + offset >= 0:
                assert nested.seek(offset, whence) == plain.seek(offset, whence)
            assert nested.read(size) == plain.read(size)
            assert nested.tell() == plain.tell()


def test_a_zip_by_another_name_is_opened_only_where_somebody_names_it(tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(packed({"a.fit": b"a"}))
    assert names(path, below=tmp_path) == ["export/a.fit"]
    assert names(tmp_path, below=tmp_path) == ["export"]


def test_other_peoples_data_is_never_opened(tmp_path: Path) -> None:
    secret = {"DI-Connect-User/123_user_contact.json": b"secret", "a.fit": b"a"}
    (tmp_path / "e.zip").write_bytes(packed({"inner.zip": packed(secret), **secret}))
    (tmp_path / "user_contact.json").write_bytes(b"secret")
    aside = 0
    for member in members([tmp_path, tmp_path / "user_contact.json"]):
        if member.set_aside:
            aside += 1
            with pytest.raises(ReadError, match="other people's data"):
                member.read()
        else:
            assert member.read() == b"a"
    assert aside == 4


def test_damaged_and_empty_zips_fail_as_one_member(tmp_path: Path) -> None:
    whole = packed({"a.fit": b"a" * 1000})
    for name, data in {"cut.zip": whole[:60], "empty.zip": b"", "page.zip": b"<html>no such file</html>"}.items():
        (tmp_path / name).write_bytes(data)
        assert "no zip archive" in reason(tmp_path / name)


def test_a_zip_without_entries_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "none.zip").write_bytes(packed({}))
    assert list(members([tmp_path])) == []


def test_one_damaged_entry_does_not_end_the_archive(tmp_path: Path) -> None:
    data = bytearray(packed({"a.fit": b"a" * 50, "b.fit": b"b" * 50, "c.fit": b"c" * 50}, zipfile.ZIP_STORED))
    data[data.index(b"b" * 50)] ^= 1
    (tmp_path / "e.zip").write_bytes(data)
    assert "damaged in its archive" in reason(tmp_path / "e.zip")
    assert len(list(members([tmp_path]))) == 3


def test_encrypted_entries_say_so(tmp_path: Path) -> None:
    data = bytearray(packed({"a.fit": b"a"}, zipfile.ZIP_STORED))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    (tmp_path / "e.zip").write_bytes(data)
    assert "encrypted" in reason(tmp_path / "e.zip")


@pytest.mark.parametrize("name", ["../../etc/x.fit", "/etc/x.fit", "C:\\x.fit", "a\\..\\..\\x.fit"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "e.zip").write_bytes(packed({name: b"a"}))
    assert "leads out" in reason(tmp_path / "e.zip")


def test_links_in_archives_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.fit")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "a link" in reason(tmp_path / "e.zip")


def test_three_levels_are_refused(tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_bytes(packed({"i.zip": packed({"ii.zip": packed({"a.fit": b"a"})})}))
    assert "zip in a zip in a zip" in reason(tmp_path / "e.zip")


def test_bombs_are_refused_by_size_ratio_and_count(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    path.write_bytes(packed({"a.fit": bytes(10_000_000)}))
    assert "times its size" in reason(path)
    path.write_bytes(packed({f"{i}.fit": bytes(1_000_000) for i in range(10)}))
    assert "times its size" in reason(path)
    path.write_bytes(packed({"a.fit": os.urandom(3000)}))
    assert "in one file" in reason(path, Limits(member_bytes=2000))
    path.write_bytes(packed({f"{i}": b"" for i in range(11)}))
    assert "11 entries" in reason(path, Limits(members=10))
    path.write_bytes(packed({"i.zip": packed({"a.fit": os.urandom(3000)})}))
    assert "in one file" in reason(path, Limits(nested_zip_bytes=2000))
    plain = tmp_path / "a.fit"
    plain.write_bytes(bytes(3000))
    assert "in one file" in reason(plain, Limits(member_bytes=2000))


def test_a_size_that_lies_unpacks_no_more_than_it_says(tmp_path: Path) -> None:
    data = bytearray(packed({"a.fit": bytes(3_000_000)}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature) + at
        data[start : start + 4] = (1000).to_bytes(4, "little")
    (tmp_path / "e.zip").write_bytes(data)
    assert "damaged in its archive" in reason(tmp_path / "e.zip")


def test_overlapping_entries_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.fit", b"a" * 100)
        archive.filelist.append(archive.filelist[0])
    assert "overlap" in reason(path)


def test_names_are_safe_to_print(tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_bytes(packed({"a\x1b[31m.fit": b"a"}))
    assert next(m.name for m in members([tmp_path])).endswith("a?[31m.fit")


def test_what_claims_to_be_a_recording() -> None:
    assert claims_recording("A.FIT")
    assert claims_recording("x/y.gpx.gz")
    assert not claims_recording("fit")
    assert not claims_recording("a.fit.txt")
    assert not claims_recording("a.gz")


def test_entries_of_one_name_are_both_read(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.fit", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.fit", b"two")
    assert [member.read() for member in members([path])] == [b"one", b"two"]


def test_names_in_another_encoding_are_read_all_the_same(tmp_path: Path) -> None:
    data = packed({"Zurich.fit": b"a"}).replace(b"Zurich", b"Z\xfcrich")  # no UTF-8, as old packers write names
    (tmp_path / "e.zip").write_bytes(data)
    ((name, content),) = [(member.name, member.read()) for member in members([tmp_path / "e.zip"])]
    assert content == b"a"
    assert name.isprintable()
