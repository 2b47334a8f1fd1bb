"""From a path to a text: every way it can fail is a diagnostic."""

import os

import pytest

from specc.cli import main
from specc.limits import MAX_FILE_BYTES
from specc.syntax.reading import decode_source, read_source


def write(folder, data):
    path = folder / "spec.rec"
    path.write_bytes(data)
    return path


def refused(path):
    source, found = read_source(path)
    assert source is None
    (diagnostic,) = found
    return diagnostic


def test_reads_a_file(tmp_path):
    path = write(tmp_path, b"rec 1\nmodel A\n")
    source, found = read_source(path)
    assert found == []
    assert (source.text, source.name, source.path) == ("rec 1\nmodel A\n", str(path), os.path.realpath(path))


def test_the_real_path_is_known(tmp_path):
    path = write(tmp_path, b"rec 1\n")
    link = tmp_path / "link.rec"
    link.symlink_to(path)
    source, _ = read_source(link, name="link.rec")
    assert (source.name, source.path) == ("link.rec", os.path.realpath(path))


@pytest.mark.parametrize("data", [b"a = 1\r\nb = 2\r\n", b"a = 1\rb = 2\r", b"\xef\xbb\xbfa = 1\nb = 2\n"])
def test_line_ends_and_byte_order_mark(tmp_path, data):
    source, found = read_source(write(tmp_path, data))
    assert found == []
    assert source.text == "a = 1\nb = 2\n"


def test_missing(tmp_path):
    said = refused(tmp_path / "no.rec")
    assert said.code == "REC019"
    assert "there is no such file" in said.message


def test_folder(tmp_path):
    said = refused(tmp_path)
    assert said.code == "REC019"
    assert "is a folder" in said.message


def test_named_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.rec")
    said = refused(tmp_path / "pipe.rec")
    assert said.code == "REC019"
    assert "not a regular file" in said.message


def test_endless_device():
    assert refused("/dev/zero").code == "REC019"


def test_no_permission(tmp_path, monkeypatch):
    def denied(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, b"rec 1\n")
    monkeypatch.setattr(os, "open", denied)  # the tests may run as root, who may read anything
    assert "no permission" in refused(path).message


def test_name_with_a_nul():
    assert refused("a\0b").code == "REC019"


def test_name_too_long():
    assert refused("a" * 5000).code == "REC019"


def test_not_utf8_says_which_byte_and_line(tmp_path):
    said = refused(write(tmp_path, "rec 1\nmodel M\n# größe\n".encode("latin-1")))
    assert said.code == "REC020"
    assert "byte 18 (0xf6), on line 3" in said.message
    assert said.span.source.position(said.span.start) == (3, 5)


def test_nul(tmp_path):
    said = refused(write(tmp_path, b"rec 1\nmodel\0M\n"))
    assert said.code == "REC020"
    assert said.span.source.position(said.span.start) == (2, 6)


def test_too_large(tmp_path):
    path = tmp_path / "large.rec"
    with path.open("wb") as file:
        file.truncate(5_000_000)  # a hole: takes no space
    assert refused(path).code == "REC901"


def test_as_large_as_allowed(tmp_path):
    source, found = read_source(write(tmp_path, b"#" * MAX_FILE_BYTES))
    assert found == []
    assert len(source.text) == MAX_FILE_BYTES


def test_standard_input():
    source, found = decode_source(b"rec 1\r\n", "<stdin>")
    assert found == []
    assert (source.text, source.name, source.path) == ("rec 1\n", "<stdin>", None)


def test_standard_input_without_end(monkeypatch, capsys):
    with open("/dev/zero") as endless:
        monkeypatch.setattr("sys.stdin", endless)
        for command in ("check", "fmt"):
            assert main([command, "-"]) == 1
            said = capsys.readouterr()
            assert "error[REC901]: <stdin> has more than" in said.out + said.err
