import csv
import json
from datetime import UTC, date
from pathlib import Path

import pytest

from index.errors import InputError, SourceError
from index.sources import FieldMap, open_source, parse_fields
from index.types import Problem, Release

TEXT = "A grant will mend nine piers before the summer, the Coast Office said.\n\nWork begins in Pellport."


def write(path: Path, records: list[dict[str, object]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(records[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(records)
    elif path.suffix == ".json":
        path.write_text(json.dumps({"count": len(records), "results": records}, indent=1), "utf-8")
    else:
        path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
@pytest.mark.parametrize(
    "record",
    [
        {"headline": "Piers", "text": TEXT, "pubDate": "Thu, 04 Jul 2024 09:30:00 GMT", "organisation": "Coast Office"},
        {
            "Title": "Piers",
            "Content": TEXT,
            "Date": "4 July 2024",
            "Agency": "Coast Office",
            "Link": "https://c.test/1",
        },
        {"name": "Piers", "description": TEXT, "published_at": "2024-07-04T09:30:00Z", "source": "Coast Office"},
        {"subject": "Piers", "body": TEXT, "release_date": "07/04/2024", "department": "Coast Office"},
        {
            "title_fr": "Jetées",
            "title_en": "Piers",
            "bodyEn": TEXT,
            "date": "2024-07-04",
            "owner_org_title": "Coast Office",
        },
        {
            "title": "Piers",
            "field_body": TEXT,
            "created": "2024-07-01",
            "field_release_date": "2024-07-04",
            "agencies": "Coast Office",
        },
        {"title": "Piers", "body": TEXT, "date": "1720087200", "component": "Coast Office"},
    ],
)
def test_usual_names_of_fields_are_recognised(tmp_path: Path, name: str, record: dict[str, object]) -> None:
    other = record | {key: "12/31/2023" for key in record if key == "release_date"}
    found = list(open_source(write(tmp_path / name, [record, other | {next(iter(record)): "Other"}])).read())
    assert all(isinstance(each, Release) for each in found)
    release = found[0]
    assert isinstance(release, Release)
    assert (release.title, release.body, release.publisher, release.published) == (
        "Piers",
        TEXT,
        "Coast Office",
        date(2024, 7, 4),
    )


def test_values_of_the_rest_api_are_texts_and_html_is_read(tmp_path: Path) -> None:
    post = {
        "id": 7,
        "date": "2024-07-04T23:30:00",
        "link": "https://c.test/piers ",
        "title": {"rendered": "Piers &#8211; a grant"},
        "content": {"rendered": "<p>One.</p><ul><li>two</li></ul>"},
        "organisations": [{"title": "Coast Office"}, {"title": "Harbour Agency"}],
    }
    (release,) = open_source(write(tmp_path / "posts.json", [post])).read()
    assert release == Release(
        "c.test/piers",
        "Piers – a grant",
        "One.\n\n• two",
        "Coast Office, Harbour Agency",
        date(2024, 7, 4),
        "https://c.test/piers",
    )


def test_a_file_without_a_publisher_is_refused_once_with_the_command_that_reads_it(tmp_path: Path) -> None:
    record = {"title": "Piers", "text": TEXT, "date": "2024-07-04", "member": {"id": "P1", "name": "Ada Pell"}}
    path = write(tmp_path / "a b.jsonl", [record] * 3)
    with pytest.raises(SourceError) as caught:
        list(open_source(path).read())
    assert "no publisher" in str(caught.value)
    assert "title, text, date, member, member.id, member.name" in str(caught.value)
    assert caught.value.hint.endswith(f"pressqa ingest '{path}' --field publisher=member.name")
    assert {each.publisher for each in open_source(path, how=parse_fields(["publisher=member.name"])).read()} == {
        "Ada Pell"
    }
    assert {each.publisher for each in open_source(path, how=FieldMap(publisher_name="X")).read()} == {"X"}


def test_entries_that_lack_a_value_are_told_of_together(tmp_path: Path) -> None:
    good: dict[str, object] = {"title": "Piers", "text": TEXT, "date": "2024-07-04", "agency": "Coast Office"}
    records = [good, good | {"text": None}, good | {"text": "###"}, good | {"date": None}, good | {"date": "soon"}]
    found = list(open_source(write(tmp_path / "a.jsonl", records)).read())
    reasons = [each.reason for each in found if isinstance(each, Problem)]
    assert len(found) - len(reasons) == 1
    assert reasons == [
        '"soon" is not a date: write it as 2025-01-31',
        '2 entries have no words in "text": line 2, 3',
        '1 entry has no published in "date": line 4',
    ]


def test_marks_written_as_in_html_do_not_join_the_lines_of_a_text(tmp_path: Path) -> None:
    record = {"title": "A", "date": "2024-07-04", "agency": "Coast Office"}
    (release,) = open_source(
        write(tmp_path / "a.jsonl", [record | {"text": f"A\n\nPiers &amp; quays.\n\n{TEXT}"}])
    ).read()
    assert isinstance(release, Release)
    assert release.body.startswith("Piers & quays.\n\n")


def test_the_address_of_a_list_is_no_id(tmp_path: Path) -> None:
    record = {"text": TEXT, "date": "2024-07-04", "agency": "Coast Office"}
    listed = [record | {"title": f"Pier {n}", "link": "https://coast.example/news"} for n in range(3)]
    alone = record | {"title": "Own page", "link": "https://coast.example/own"}
    releases = list(open_source(write(tmp_path / "a.jsonl", [*listed, alone, alone])).read())
    assert [release.id for release in releases] == [
        "coast-office-2024-07-04-pier-0",
        "coast-office-2024-07-04-pier-1",
        "coast-office-2024-07-04-pier-2",
        "https://coast.example/own",
        "https://coast.example/own",
    ]
    assert releases[0].url == "https://coast.example/news"


def test_the_order_of_day_and_month_is_told_by_the_other_entries(tmp_path: Path) -> None:
    good: dict[str, object] = {"title": "Piers", "text": TEXT, "agency": "Coast Office"}
    days = ["04/05/2024", "13/05/2024"]
    path = write(tmp_path / "a.jsonl", [good | {"date": day} for day in days])
    assert [each.published for each in open_source(path, zone=UTC).read()] == [date(2024, 5, 4), date(2024, 5, 13)]
    path = write(tmp_path / "b.jsonl", [good | {"date": "04/05/2024"}])
    (problem,) = open_source(path).read()
    assert isinstance(problem, Problem)
    assert "can be read as two days" in problem.reason


def test_names_that_the_file_does_not_have_are_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl", [{"title": "Piers", "text": TEXT, "date": "2024-07-04", "agency": "Coast Office"}]
    )
    with pytest.raises(SourceError, match='no field "story"'):
        list(open_source(path, how=parse_fields(["body=story"])).read())


def test_names_that_tell_nothing_are_refused_once_and_tabs_part_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"t": "Piers", "b": TEXT, "d": "2024-07-04"}] * 3)
    with pytest.raises(SourceError, match="no title and no body") as caught:
        list(open_source(path).read())
    assert "--field" in caught.value.hint
    how = parse_fields(["title=t", "body=b", "published=d"], "Coast Office")
    assert {each.title for each in open_source(path, how=how).read() if isinstance(each, Release)} == {"Piers"}

    (tmp_path / "a.tsv").write_text("title\ttext\tdate\tagency\nPiers\tA grant.\t4 July 2024\tCoast Office\n", "utf-8")
    (release,) = open_source(tmp_path / "a.tsv").read()
    assert isinstance(release, Release)


@pytest.mark.parametrize("pair", ["text=body", "body", "body=", "=x", "publisher_name=x"])
def test_a_field_that_is_written_otherwise_is_refused(pair: str) -> None:
    with pytest.raises(InputError, match="--field"):
        parse_fields([pair])


def test_a_field_is_given_once() -> None:
    with pytest.raises(InputError, match="twice"):
        parse_fields(["body=a", "body=b"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '[{"title": "Piers"'),
        ("a.json", "[{}]"),
        ("a.csv", "title;text\n"),
        ("a.csv", 'title;text\n"never closed'),
        ("a.json", "[{" + '"a":{' * 5000),
    ],
)
def test_a_damaged_file_is_a_source_error(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(SourceError) as caught:
        list(open_source(tmp_path / name).read())
    assert caught.value.hint


def test_wrapped_lines_of_plain_text_are_joined(tmp_path: Path) -> None:
    wrapped = (
        "A grant will mend nine piers before the summer, which is when most\n"
        "people come to the coast of the county, the\nCoast Office said."
    )
    record = {"title": "Piers", "text": f"{wrapped}\n\n- one\n- two", "date": "2024-07-04", "agency": "Coast Office"}
    (release,) = open_source(write(tmp_path / "a.jsonl", [record])).read()
    assert isinstance(release, Release)
    assert release.body.split("\n")[0].endswith("the county, the Coast Office said.")
    assert release.body.endswith("- one\n- two")


@pytest.mark.parametrize(
    "data",
    [
        {
            "data": [
                {
                    "id": "1",
                    "attributes": {"title": "Piers", "body": {"value": f"<p>{TEXT}</p>"}, "created": "2024-07-04"},
                }
            ]
        },
        {"hits": {"hits": [{"_source": {"title": "Piers", "content": TEXT, "date": "2024-07-04"}}]}},
        {"title": {"0": "Piers"}, "text": {"0": TEXT}, "date": {"0": "2024-07-04"}},
        {
            "a1": {"title": "Piers", "text": TEXT, "date": "2024-07-04"},
            "a2": {"title": "Piers", "text": "", "date": ""},
        },
    ],
    ids=["json:api", "search", "columns", "by id"],
)
def test_records_are_found_inside_of_what_interfaces_answer(tmp_path: Path, data: dict[str, object]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(data, indent=1), "utf-8")
    release = next(iter(open_source(tmp_path / "a.json", how=FieldMap(publisher_name="Coast Office")).read()))
    assert isinstance(release, Release)
    assert (release.title, release.published) == ("Piers", date(2024, 7, 4))
    assert release.body.startswith("A grant will mend nine piers")


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("inside", [["items"], ["data", "items"], ["response", "body", "news", "releases"]])
def test_the_list_of_records_is_found_wherever_it_stands(tmp_path: Path, indent: int | None, inside: list[str]) -> None:
    def record(number: int) -> dict[str, object]:
        facts = {"issued": f"2024-07-0{number}", "department": {"name": "Coast Office"}}
        return {"heading": f"Pier {number}", "attributes": facts, "body": {"html": f"<p>{TEXT}</p>"}}

    data: object = [record(1), record(2), {"heading": "Pier 3", "attributes": record(3)["attributes"], "body": ""}]
    for name in reversed(inside):
        data = {name: data}
    assert isinstance(data, dict)
    data |= {"meta": {"count": 2}, "tags": [{"title": f"Tag {number}"} for number in range(9)]}
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(data, indent=indent), "utf-8")
    found = list(open_source(path).read())
    assert [each.title for each in found if isinstance(each, Release)] == ["Pier 1", "Pier 2"]
    problems = [each.reason for each in found if isinstance(each, Problem)]
    assert len(problems) == 1
    assert f"entry 3 of {'.'.join(inside)}" in problems[0]


def test_one_line_of_json_that_is_a_release_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    record = {"title": "Piers", "text": TEXT, "date": "2024-07-04", "agency": "Coast Office"}
    path.write_text(json.dumps(record | {"links": {"tags": [{"title": "Coast"}, {"title": "Sea"}]}}), "utf-8")
    assert [each.title for each in open_source(path).read() if isinstance(each, Release)] == ["Piers"]


@pytest.mark.parametrize(
    "names",
    [("Titel", "Inhalt", "Herausgeber", "Datum"), ("Titre", "Texte", "Organisme", "Date de publication"),
     ("Überschrift", "Text", "Behörde", "Veröffentlicht"), ("Intitulé", "Contenu", "Ministère", "Publié le")],
)  # fmt: skip
def test_german_and_french_names_of_fields_are_recognised(tmp_path: Path, names: tuple[str, ...]) -> None:
    values = ("Piers", TEXT, "Coast Office", "04.07.2024")
    found = list(open_source(write(tmp_path / "a.csv", [dict(zip(names, values, strict=True))] * 2)).read())
    assert all(isinstance(each, Release) and each.publisher == "Coast Office" for each in found)


TABLE = "Headline;Department;Date;Full text\r\nNine piers;Coast Office;25/07/2024;A grant will mend nine piers.\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TABLE.replace(";", "\t"), "utf-16"),
        (f"sep=;\r\n{TABLE}", "utf-8"),
        (f"\r\n\r\n{TABLE}", "utf-8"),
        (f"Press releases of 2024;;;\r\n\r\n{TABLE}", "utf-8"),
        (TABLE.replace("Headline;Department;Date;Full text", "Título;Organismo;Fecha de publicación;Cuerpo"), "utf-8"),
        (TABLE.replace("Headline;Department;Date;Full text", "Titel;Ministerie;Publicatiedatum;Tekst"), "cp1252"),
        (TABLE.replace("\r\n", "\r"), "utf-8"),
    ],
    ids=["utf-16", "sep", "blank", "title", "es", "nl", "cr"],
)
def test_tables_are_read_as_programs_write_them(tmp_path: Path, content: str, encoding: str) -> None:
    path = tmp_path / "releases.csv"
    path.write_bytes(content.encode(encoding))
    (release,) = open_source(path).read()
    assert isinstance(release, Release)
    assert (release.title, release.publisher, release.published, release.body) == (
        "Nine piers",
        "Coast Office",
        date(2024, 7, 25),
        "A grant will mend nine piers.",
    )


def test_a_row_that_is_wrong_is_told_with_its_line_below_a_title(tmp_path: Path) -> None:
    path = tmp_path / "releases.csv"
    path.write_text("Releases;;;\r\n" + TABLE.replace("25/07/2024", "never"), "utf-8")
    (problem,) = open_source(path).read()
    assert isinstance(problem, Problem)
    assert problem.where.endswith(":3")


@pytest.mark.parametrize(("day", "read"), [("45477", date(2024, 7, 4)), ("45477.5", date(2024, 7, 4))])
def test_days_that_a_table_counts_are_read(tmp_path: Path, day: str, read: date) -> None:
    path = tmp_path / "releases.csv"
    path.write_text(TABLE.replace("25/07/2024", day), "utf-8")
    (release,) = open_source(path).read()
    assert isinstance(release, Release)
    assert release.published == read


def test_markdown_in_a_field_becomes_plain(tmp_path: Path) -> None:
    text = "## Costs\n\nThe grant is **£9 million** for [nine piers](https://coast.test).\n\n* Pellport"
    record = {"title": "Nine piers", "markdown": text, "office": {"title": "Coast Office"}, "date": "2024-07-04"}
    path = tmp_path / "releases.json"
    path.write_text(json.dumps([record]), "utf-8")
    (release,) = open_source(path).read()
    assert isinstance(release, Release)
    assert release.body.startswith("Costs\n\nThe grant is £9 million for nine piers.\n\n")
    assert release.publisher == "Coast Office"


def test_a_feed_in_json_names_its_publisher(tmp_path: Path) -> None:
    item = {"url": "https://coast.test/1", "title": "Nine piers", "content_html": "<p>A grant.</p>"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Coast Office - News"}
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(feed | {"items": [item | {"date_published": "2024-07-04T10:00:00Z"}]}), "utf-8")
    (release,) = open_source(path).read()
    assert isinstance(release, Release)
    assert release.publisher == "Coast Office"
