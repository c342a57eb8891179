import json
import os
import threading
from errno import ENOSPC
from pathlib import Path

import pytest

from stats.spool import HEADER_SIZE, Pageview, SpoolFile, SpoolWriter
from tests.stats.conftest import make_pageview


def open_files(folder: Path) -> list[SpoolFile]:
    return [SpoolFile(path) for path in sorted(folder.glob("*.spool"))]


def test_a_line_is_one_write_and_comes_back_as_it_was() -> None:
    pageview = make_pageview(page="/tin-tuc/đường-dây-nóng-1/")
    assert Pageview.from_line(pageview.to_line()) == pageview
    assert len(pageview.to_line()) < 4096


@pytest.mark.parametrize("text", ["", '"quoted" \\\\ \n', "đường", "\ud800", "</script>\x7f\u2028"])
@pytest.mark.parametrize("before", [None, -(1 << 63)])
def test_a_line_is_json_whatever_is_in_it(text: str, before: int | None) -> None:
    pageview = make_pageview(page=text, referrer=text, visitor_before=before, is_replayed=True)
    assert tuple(json.loads(pageview.to_line())) == pageview


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[1,2]", b'[1,"x"', b"\0\0", b'{"a":1}', b"[null]", b"7"]
)
def test_a_line_that_is_not_whole_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        Pageview.from_line(line)


@pytest.mark.parametrize(
    "changes",
    [
        {"moment": 1},
        {"moment": 10**15},
        {"visitor": 1 << 64},
        {"visitor": "1"},
        {"page": "/\0/"},
        {"page": "\ud800"},
        {"page": "x" * 1000},
        {"device": "x" * 11},
    ],
)
def test_a_line_the_database_would_refuse_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a pageview"):
        Pageview.from_line(json.dumps(make_pageview(**changes)).encode())


def test_a_file_is_finished_when_no_process_can_write_to_it(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path)
    writer.append(make_pageview().to_line())
    assert [file.is_finished for file in open_files(tmp_path)] == [False]
    del writer
    assert [file.is_finished for file in open_files(tmp_path)] == [True]


def test_a_file_that_is_old_is_given_up_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path)
    writer.append(b"\n[]\n")
    monkeypatch.setattr("stats.spool.OPEN_FOR", 0)
    writer.append(b"\n[]\n")
    assert [file.is_finished for file in open_files(tmp_path)] == [True, False]


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path)

    def write() -> None:
        for _number in range(200):
            writer.append(b"\n" + b"x" * 200 + b"\n")

    threads = [threading.Thread(target=write) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (file,) = open_files(tmp_path)
    assert set(file.read(0).lines) == {b"", b"x" * 200}
    assert len(list(filter(None, file.read(0).lines))) == 800


def test_what_is_lost_on_a_full_disk_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path)
    writer.append(b"\n[]\n")
    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(OSError, match="No space"):
        writer.append(b"\n[]\n")
    writer.note_loss()
    assert [file.lost for file in open_files(tmp_path)] == [1]


def test_losses_before_the_first_file_are_not_forgotten(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path)
    writer.note_loss()
    writer.append(b"\n[]\n")
    writer.note_loss()
    assert [file.lost for file in open_files(tmp_path)] == [2]


def refuse(*_arguments: object) -> int:
    raise OSError(ENOSPC, "No space left on device")


def test_a_line_after_one_that_was_cut_off_is_whole(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path)
    writer.append(b"\n[1")
    writer.append(b"\n[2]\n")
    (file,) = open_files(tmp_path)
    assert list(filter(None, file.read(0).lines)) == [b"[1", b"[2]"]


def test_a_line_that_is_being_written_is_left_for_later(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path)
    writer.append(b"\n[1]\n[2")
    (file,) = open_files(tmp_path)
    assert file.read(0).end == HEADER_SIZE + len(b"\n[1]\n")


def test_drained_lines_are_overwritten_and_later_ones_are_not(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path)
    writer.append(b"\n[1]\n")
    (file,) = open_files(tmp_path)
    end = file.read(0).end
    writer.append(b"\n[2]\n")
    file.blank(0, end)
    assert list(filter(None, file.read(0).lines)) == [b"[2]"]
    assert file.lost == 0


def test_a_file_that_cannot_grow_is_let_go_so_that_the_drainer_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path)
    writer.append(b"\n[1]\n")
    monkeypatch.setattr("stats.spool.FAILING_FOR", -1)
    with monkeypatch.context() as full:
        full.setattr(os, "write", refuse)
        with pytest.raises(OSError, match="No space"):
            writer.append(b"\n[2]\n")
        full.setattr(os, "pwrite", refuse)
        with pytest.raises(OSError, match="No space"):
            writer.append(b"\n[3]\n")
        writer.note_loss()
        assert [file.is_finished for file in open_files(tmp_path)] == [True]
    monkeypatch.setattr("stats.spool.OPEN_AGAIN", 0)
    writer.append(b"\n[4]\n")
    assert [file.lost for file in open_files(tmp_path)] == [0, 1]


def test_a_full_disk_is_not_asked_for_a_new_file_at_each_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, opened = SpoolWriter(tmp_path), []
    monkeypatch.setattr("stats.spool._open_file", lambda folder: opened.append(folder) or refuse())
    for _request in range(5):
        with pytest.raises(OSError, match="."):
            writer.append(b"\n[1]\n")
    assert len(opened) == 1
