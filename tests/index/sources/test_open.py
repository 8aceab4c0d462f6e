import contextlib
import json
import os
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.sources import KINDS, FieldMap, Url, clean_body, detect, open_source, parse_origin
from index.sources.languages import ReadableOnly
from index.types import Problem, Release

LINE = json.dumps({"title": "T", "body": "B", "publisher": "P", "published": "2024-03-04"})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (LINE, "jsonl"),
        ("\ufeff\n\n" + LINE, "jsonl"),
        ('{"title": "cut off\n' + LINE, "jsonl"),
        ('{"body": "' + "x" * 100_000 + '"}', "jsonl"),
        ("Tag: Home Office\n", "tag-page"),
        ("Summaries written for a test.\n\nTag: Home Office\n", "tag-page"),
        ("\ufeff\u00a0 • PRESS RELEASE : A title [May 2024]\r\n", "tag-page"),
        ("* NEWS STORY : A title\n", "tag-page"),
        ("---\ntitle: A\n---\n\nText\n", "markdown"),
        ("---\r\ntitle: A\r\n---\r\n", "markdown"),
        ('<?xml version="1.0"?>\n<!-- made -->\n<?xml-stylesheet href="a"?>\n<rss version="2.0">', "feed"),
        ('\ufeff<feed xmlns="http://www.w3.org/2005/Atom">', "feed"),
        ('<rdf:RDF xmlns="http://purl.org/rss/1.0/">', "feed"),
        ("<!DOCTYPE html>\n<html>\n<body>\n<feed>", "feed"),
    ],
)
def test_the_kind_is_told_from_the_content_not_the_name(tmp_path: Path, content: str, kind: str) -> None:
    path = tmp_path / "input.dat"
    path.write_bytes(content.encode())

    assert detect(path) == kind
    opened = open_source(path)
    assert isinstance(opened, ReadableOnly)
    assert isinstance(opened.source, type(KINDS[kind](path, UTC)))
    assert opened.name == str(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not text in UTF-8"),
        (bytes(range(1, 256)) * 20, "not text in UTF-8"),
        (b"{\\rtf1\\ansi Nine piers", "rich text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(100), "old Word"),
        (b"PK\x03\x04mimetype" + bytes(100), "packed file"),
        (b"Some letter to a friend.\n", "cannot tell what kind"),
        (b"[1, 2]\n", "cannot tell what kind"),
        (b"x" * 1_000_000, "cannot tell what kind"),
    ],
)
def test_what_is_no_input_is_refused_with_advice(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "input"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=message) as caught:
        open_source(path)
    assert caught.value.hint


def test_unrecognised_content_names_the_kinds(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_text("Words.\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        open_source(path)
    assert all(kind in caught.value.hint for kind in KINDS)


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_a_path_that_is_missing_or_binary_is_refused_for_every_kind(tmp_path: Path, kind: str | None) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\x00\x01\x02" * 100)

    with pytest.raises(SourceError, match="no such file"):
        open_source(tmp_path / "missing", kind)
    with pytest.raises(SourceError, match=r"not text|is not a"):
        open_source(binary, kind)


def test_an_unknown_kind_names_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match='"rtf"') as caught:
        open_source(tmp_path, "rtf")
    assert all(kind in caught.value.hint for kind in KINDS)


def test_a_folder_is_only_read_as_markdown(tmp_path: Path) -> None:
    assert detect(tmp_path) == "markdown"
    with pytest.raises(SourceError, match="is a folder"):
        open_source(tmp_path, "jsonl")


def test_a_pipe_is_refused_because_it_cannot_be_read_twice(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="read twice"):
        open_source(tmp_path / "pipe")


def test_a_file_that_is_gone_when_it_is_read_is_a_source_error(tmp_path: Path) -> None:
    path = tmp_path / "releases.jsonl"
    path.write_text(LINE, "utf-8")
    source = open_source(path)
    path.unlink()
    with pytest.raises(SourceError, match="cannot read"):
        list(source.read())


@pytest.mark.parametrize("text", ["https://www.gov.uk/x?a=b#c", "HTTP://x", "ftp://x/y", "file:///tmp/releases.jsonl"])
@pytest.mark.parametrize("kind", [None, *KINDS])
def test_a_web_address_is_not_taken_for_a_path(text: str, kind: str | None) -> None:
    origin = parse_origin(text)
    assert origin == Url(text)
    with pytest.raises(SourceError, match="only files and folders") as caught:
        open_source(origin, kind)
    assert text in str(caught.value)
    assert "pressqa ingest FILE" in caught.value.hint


@pytest.mark.parametrize("text", ["releases.txt", "/a/b", "a:b", "./https://x", "C:/x", "C:\\x", "\udcff.jsonl"])
def test_everything_else_is_a_path(text: str) -> None:
    assert parse_origin(text) == Path(text)


def test_a_source_expects_what_it_yields(tmp_path: Path) -> None:
    entry = "• PRESS RELEASE : A title [May 2024]\n\n  The press release issued by the P on 4 May 2024.\n\n  Words.\n\n"
    contents = {
        "a.jsonl": f"\n{LINE}\r\n\n{{}}\n" + LINE,
        "b.txt": "Tag: P\n\n" + entry * 3,
        "folder/c.md": "---\ntitle: A\npublisher: P\ndate: 4 May 2024\n---\n\nText\n",
        "folder/deeper/d.md": "bad",
        "folder/e.txt": "no Markdown",
        "folder/deeper/f.csv": "a,b\n1,2\n",
    }
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    for name, expected in {"a.jsonl": 3, "b.txt": 3, "folder": 4, "folder/c.md": 1}.items():
        source = open_source(tmp_path / name)
        assert source.expected() == expected == len(list(source.read())), name


PIECES = st.sampled_from(
    [
        b"Tag: A\n",
        b"  * PRESS RELEASE : B [May 2024]\n",
        b"    The press release issued by the C on 4 May 2024.\n",
        b"    Words.\n",
        b"---\n",
        b"title: D\npublisher: E\ndate: 4 May 2024\n",
        b"- item\n",
        b"\n",
        b"\r",
        b"\xff",
        b"\xed\xa0\x80",
        LINE.encode() + b"\n",
        b'{"title":',
        b"[" * 200,
        b"|a|b|\n|-|-|\n",
        b"<div>",
        b"<br",
        b"\xe2\x80\xa8",
        b"> " * 60,
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=2_000)
@given(  # the first page or document imports its reader, which takes longer than the usual deadline
    data=st.lists(PIECES | st.binary(max_size=8), min_size=1, max_size=15).map(b"".join),
    kind=st.sampled_from([*KINDS]),
)
def test_whatever_a_file_holds_it_gives_releases_problems_or_a_source_error(
    tmp_path: Path, data: bytes, kind: str
) -> None:
    path = tmp_path / "input.md"
    path.write_bytes(data)
    with contextlib.suppress(SourceError):
        for result in KINDS[kind](path, UTC).read():
            if isinstance(result, Problem):
                assert result.where.startswith(str(path))
                assert result.reason.encode()
                assert "\n" not in result.reason
            else:
                assert isinstance(result, Release)
                assert result.body.encode()
                assert clean_body(result.body) == result.body


RECORD = {"title": "Café opens", "publisher": "Coast Office", "published": "2024-07-25", "body": "It is open."}
OTHERS = {"headline": "Café opens", "agency": "Coast Office", "pubDate": "25 July 2024", "text": "It is open."}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("own.jsonl", json.dumps(RECORD, ensure_ascii=False)),
        ("others.jsonl", json.dumps(OTHERS, ensure_ascii=False)),
        ("one.json", json.dumps({"items": [OTHERS]}, ensure_ascii=False)),
        ("others.json", json.dumps([OTHERS], ensure_ascii=False, indent=1)),
        ("others.csv", "Headline,Agency,Date,Text\r\nCafé opens,Coast Office,25 July 2024,It is open.\r\n"),
        ("others.md", "---\ntitle: Café opens\npublisher: Coast Office\ndate: 2024-07-25\n---\nIt is open.\n"),
        (
            "page.txt",
            "PRESS RELEASE : Café opens [July 2024]\nThe press release issued by the Coast Office on 25 July 2024.\n"
            "It is open.",
        ),
        ("wire.txt", "PRESS RELEASE\nCafé opens today\nCoast Office\n25 July 2024\n\nIt is open.\n\nENDS\n"),
    ],
)
def test_what_programs_of_windows_save_is_read_as_if_it_were_plain_utf_8(
    tmp_path: Path, name: str, content: str, encoding: str
) -> None:
    plain, wide = tmp_path / "plain" / name, tmp_path / "wide" / name
    for path, written in ((plain, content.encode()), (wide, f"\ufeff{content}".encode(encoding))):
        path.parent.mkdir()
        path.write_bytes(written)
    how = FieldMap(publisher_name="Coast Office") if name == "wire.txt" else FieldMap()
    (expected,) = open_source(plain, how=how).read()
    (release,) = open_source(wide, how=how).read()

    assert isinstance(expected, Release)
    assert expected.title.startswith("Café opens")
    assert release == expected
