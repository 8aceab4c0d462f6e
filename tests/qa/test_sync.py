"""``pressqa sync`` as a person runs it, against a site on loopback; and killed again and again.

Long because every fault of the sources file and every way to stop a sync is tried on one site.
"""

import json
import random
import re
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.bench.loopback import GovukSite
from index import ingest
from index.errors import InputError
from index.models.hashing_embedder import HASHING_MODEL
from qa import upkeep
from qa.settings import Settings, read_settings
from qa.sources_file import TEMPLATE, SourcesFile, read_sources_file
from qa.sync import Schedule, chosen_sources, sync

Run = Callable[..., Any]

KILLS = 6


@pytest.fixture
def site() -> Iterator[GovukSite]:
    with GovukSite() as opened:
        for number in range(40):
            opened.publish(item(number))
        yield opened


def item(number: int, words: str = "", **changes: Any) -> dict[str, Any]:
    day = f"2025-01-{1 + number % 28:02}T09:30:00.000+00:00"
    made = {
        "base_path": f"/government/news/item-{number}",
        "title": f"Item {number}",
        "document_type": "press_release",
        "locale": "en",
        "first_published_at": day,
        "public_updated_at": day,
        "details": {"body": f"<p>Item {number} says uniq{number}. {words}</p>" + "<p>More of it follows.</p>" * 3},
        "links": {"organisations": [{"title": "Home Office", "base_path": "/government/organisations/home-office"}]},
    }
    return made | changes


@pytest.fixture
def config(site: GovukSite, tmp_path: Path) -> Path:
    path = tmp_path / "pressqa.toml"
    path.write_text(
        '[web]\nallow = ["127.0.0.1"]\ndelay = "0s"\nattempts = 1\n'
        f'[sources.news]\nkind = "govuk"\nsite = "{site.address}"\nrecheck = "0s"\n'
    )
    return path


def test_a_sync_reports_what_it_did_and_a_dry_run_does_nothing(
    site: GovukSite, config: Path, tmp_path: Path, pressqa: Run
) -> None:
    data = tmp_path / "data"
    site.publish(item(3, title=""))
    result = pressqa("sync", "--config", config, "--dry-run", data=data)
    assert (result.returncode, result.stdout) == (1, b"would be: 39 added, 0 changed, 0 unchanged, 1 failed\n")
    assert not data.exists()
    result = pressqa("sync", "--config", config, data=data)
    assert result.returncode == 1
    assert result.stdout.startswith(b"39 added, 0 changed, 0 unchanged, 1 failed (39 passages, 39 embedded)")
    assert b"failed: " in result.stderr
    assert b"item-3: the title is empty" in result.stderr
    site.publish(item(3))
    corrected = item(4, "Corrected.", public_updated_at="2025-02-03T10:00:00.000+00:00", content_id="c-4")
    note = {"public_timestamp": "2025-02-03T10:00:00.000+00:00", "note": "A figure was corrected."}
    corrected["details"] |= {"change_history": [note], "political": True}
    corrected["links"] = corrected.get("links", {}) | {"government": [{"title": "2024 Labour government"}]}
    site.publish(corrected)
    notice = {"explanation": "<p>Old.</p>", "withdrawn_at": "2025-02-20T10:00:00+00:00"}
    site.publish(item(5, withdrawn_notice=notice))
    result = pressqa("sync", "news", "--config", config, data=data)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(b"1 added, 1 changed, 38 unchanged, 1 withdrawn, 0 failed")

    name = "gov.uk/government/news/item-4"
    shown = pressqa("releases", "show", name, data=data).stdout.decode()
    assert "Corrected." in shown
    assert "updated by the publisher on 3 February 2025" in shown
    assert f"found in news at https://www.{name} (its text is shown)" in shown
    assert "language: en" in shown
    assert "published under the 2024 Labour government" in shown
    assert "current\n  changed on 3 February 2025: A figure was corrected." in shown
    earlier = json.loads(pressqa("releases", "show", name, "--revision", "1", "--json", data=data).stdout)
    assert "Corrected" not in earlier["body"]
    assert (earlier["language"], earlier["content_id"], earlier["changes"]) == ("en", None, [])
    history = json.loads(pressqa("releases", "show", name, "--history", "--json", data=data).stdout)
    assert [(each["number"], each["valid_from"]) for each in history["revisions"]] == [
        (2, "2025-02-03"),
        (1, "2025-01-05"),
    ]
    assert [each["changes"] for each in history["revisions"]] == [
        [{"day": "2025-02-03", "note": "A figure was corrected."}],
        [],
    ]
    assert [(each["source"], each["gives_text"]) for each in history["origins"]] == [("news", True)]
    assert pressqa("releases", "show", name, "--revision", "7", data=data).returncode == 2
    shown = pressqa("releases", "show", "gov.uk/government/news/item-5", data=data).stdout.decode()
    assert "withdrawn by the publisher on 20 February 2025: Old." in shown
    answer = pressqa("search", "what does item 5 say about uniq5?", "-k", "1", data=data).stdout.decode()
    assert "withdrawn by the publisher on 20 February 2025" in answer
    # what is exported comes back with its days
    exported = tmp_path / "all.jsonl"
    assert pressqa("export", "--output", exported, data=data).returncode == 0
    other = tmp_path / "other"
    assert b"40 added, 0 changed, 0 unchanged, 1 withdrawn" in pressqa("ingest", exported, data=other).stdout
    assert pressqa("export", data=other).stdout == exported.read_bytes()


class Silent:
    """Follows nothing."""

    wants_total = False

    def expect(self, entries: int) -> None:
        pass

    def update(self, progress: Any) -> None:
        pass


def sync_here(data: Path, config: Path, **options: Any) -> Any:
    """Sync in this process."""
    file, sources = chosen_sources(config, [])
    settings = read_settings(Settings, {"data": data, "model": HASHING_MODEL})
    return sync(settings, file.web, sources, Silent(), today=date(2025, 3, 1), **options)


def test_a_dry_run_tells_what_a_run_does_and_writes_nothing_to_an_index_of_an_earlier_schema(
    site: GovukSite, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    dump = Path(__file__).parents[1] / "index" / "catalog" / "schema-2.sql"
    with closing(sqlite3.connect(data / "catalog.sqlite3")) as connection:
        connection.executescript(dump.read_text("utf-8"))
    before = {path: path.read_bytes() for path in data.rglob("*")}
    expected = sync_here(data, config, dry_run=True)
    assert expected.added == 40
    assert {path: path.read_bytes() for path in data.rglob("*")} == before
    monkeypatch.setattr(upkeep, "_counter", lambda encoding: lambda texts: [1] * len(texts))  # that of the dump is none
    done = sync_here(data, config)
    assert replace(done, passages=0, embedded=0) == expected


def test_other_settings_of_a_source_are_noticed(site: GovukSite, config: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    site.publish(item(41, locale="cy"))
    assert sync_here(data, config).added == 40
    site.asked.clear()
    assert sync_here(data, config).added == 0
    assert all(asked.is_conditional for asked in site.asked if not asked.path.startswith("/robots"))
    for setting in ('languages = ["cy", "en"]', 'languages = ["en", "cy"]\nrecheck_most = 7'):
        config.write_text(re.sub("^(languages|recheck_most).*\n", "", config.read_text(), flags=re.M) + setting + "\n")
        expected = sync_here(data, config, dry_run=True)
        done = sync_here(data, config)
        assert replace(done, passages=0, embedded=0) == expected
        assert done.added == setting.startswith('languages = ["cy"'), "their order and the pace change nothing"


def test_other_settings_are_remembered_by_a_run_that_is_cut_off(
    site: GovukSite, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    for number in (41, 42, 43):
        site.publish(item(number, locale="cy", public_updated_at=f"2025-02-{number - 40:02}T09:30:00Z"))
    assert sync_here(data, config).added == 40
    config.write_text(config.read_text() + 'languages = ["en", "cy"]\n')

    class CutOff(BaseException):
        pass

    stored = ingest._Run.store

    def once(run: Any) -> None:
        stored(run)
        raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr(ingest, "BATCH_TEXTS", 10)
        patched.setattr(ingest._Run, "store", once)
        with pytest.raises(CutOff):
            sync_here(data, config)
    assert sync_here(data, config).added == 3, "what was not read again before it was cut off is read again now"


def test_one_page_is_ingested_by_its_address(site: GovukSite, tmp_path: Path, pressqa: Run) -> None:
    address = f"{site.address}/api/content/government/news/item-1"
    refused = pressqa("ingest", address, data=tmp_path / "data")
    assert refused.returncode == 2
    assert b"127.0.0.1 is not a public address" in refused.stderr
    result = pressqa("ingest", address, "--allow", "127.0.0.1", data=tmp_path / "data")
    assert (result.returncode, result.stdout[:7]) == (0, b"1 added"), result.stderr
    assert pressqa("ingest", f"{site.address}/no", "--allow", "127.0.0.1", data=tmp_path / "data").returncode == 2


def test_a_source_that_is_down_is_an_error_and_the_others_are_read(config: Path, tmp_path: Path, pressqa: Run) -> None:
    config.write_text(config.read_text() + '[sources.down]\nkind = "feed"\nurl = "http://127.0.0.1:9/feed"\n')
    result = pressqa("sync", "--config", config, data=tmp_path / "data")
    assert result.returncode == 1
    assert b"40 added" in result.stdout
    assert b"failed: down: " in result.stderr
    assert pressqa("sync", "down", "--config", config, data=tmp_path / "data").returncode == 2


def test_a_source_that_cannot_be_opened_is_told_of_and_the_others_are_read(
    config: Path, tmp_path: Path, pressqa: Run
) -> None:
    dump = tmp_path / "nowhere.jsonl"
    config.write_text(config.read_text() + f'[sources.dump]\nkind = "files"\npath = "{dump}"\n')
    for options in (("--dry-run",), ()):
        done = pressqa("sync", "--config", config, *options, data=tmp_path / "data")
        assert done.returncode == 1, done.stderr
        assert b"40 added" in done.stdout
        assert b"nowhere.jsonl" in done.stderr


def test_a_file_of_other_people_is_a_source(tmp_path: Path, pressqa: Run) -> None:
    line = {"headline": "Ferry fares fall", "text": "Fares fall by 5% for all passengers.", "date": "2025-01-04"}
    (tmp_path / "dump.jsonl").write_text(json.dumps(line) + "\n")
    config = tmp_path / "pressqa.toml"
    config.write_text(
        f'[sources.dump]\nkind = "files"\npath = "{tmp_path / "dump.jsonl"}"\npublisher = "Ferry Authority"\n'
        'fields = { title = "headline", body = "text" }\n'
    )
    result = pressqa("sync", "--config", config, data=tmp_path / "data")
    assert (result.returncode, result.stdout[:7]) == (0, b"1 added"), result.stderr
    assert b"Ferry Authority" in pressqa("releases", "list", data=tmp_path / "data").stdout


def test_every_runs_again_until_it_is_stopped(site: GovukSite, config: Path, tmp_path: Path, pressqa: Run) -> None:
    process = pressqa("sync", "--config", config, "--every", "1s", data=tmp_path / "data", wait=False)
    try:
        deadline = time.monotonic() + 60
        while sum(asked.path.startswith("/api/search") for asked in site.asked) < 5:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


IN_SMALL_BATCHES = """
from index import ingest
ingest.BATCH_TEXTS = 6  # many transactions
from qa.cli.commands import main; main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_at_any_moment_a_sync_ends_as_if_it_had_not_been(
    site: GovukSite, config: Path, tmp_path: Path, pressqa: Run, python: Run
) -> None:
    def sync(data: Path, **options: Any) -> Any:
        return python(IN_SMALL_BATCHES, "sync", "--config", str(config), env={"PRESSQA_DATA": str(data)}, **options)

    assert sync(tmp_path / "whole").returncode == 0
    expected = pressqa("export", data=tmp_path / "whole").stdout
    moments = random.Random(20)
    data = tmp_path / "killed"
    for _ in range(KILLS):
        site.asked.clear()
        process = sync(data, wait=False)
        # somewhere among the requests of a whole sync, or in the writing after the last
        wanted, deadline = moments.randint(1, 44), time.monotonic() + 60
        while len(site.asked) < wanted and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.1))
        process.kill()
        process.wait()
    assert sync(data).returncode == 0
    assert pressqa("export", data=data).stdout == expected
    assert pressqa("verify", data=data).returncode == 0


# the file


def test_the_template_can_be_read_and_so_can_what_it_has_commented_out(tmp_path: Path, pressqa: Run) -> None:
    path = tmp_path / "pressqa.toml"
    assert pressqa("init", "--output", path).returncode == 0
    assert list(read_sources_file(path).sources) == ["home-office"]
    assert pressqa("init", "--output", path).returncode == 2
    path.write_text(re.sub(r"^# (?=\[|[a-z_]+ = )", "", TEMPLATE, flags=re.MULTILINE))
    kinds = {source.kind for source in read_sources_file(path).sources.values()}
    assert kinds == {"govuk", "feed", "wordpress", "pages", "files"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[sources.a]\nkind = 'telex'\n", "sources.a.kind = 'telex': it is one of: govuk, feed,"),
        ("[sources.a]\nurl = 'x'\n", "sources.a.kind: it is missing: give one of: govuk"),
        ("[sources.a]\nkind = 'feed'\n", "sources.a.url: it is missing"),
        ("[sources.a]\nkind = 'pages'\nurls = []\n", "sources.a.urls: it names nothing"),
        (
            "[sources.a]\nkind = 'govuk'\nsince = 'yesterday'\n",
            "sources.a.since = 'yesterday': write a day as 2025-01-31",
        ),
        ("[sources.a]\nkind = 'feed'\nurl = 'https://x'\nevry = '1h'\n", "sources.a.evry"),
        ("[sources.a]\nkind = 'govuk'\nevery = 'often'\n", "sources.a.every = 'often': write a time"),
        ("[sources.a]\nkind = 'govuk'\ntimezone = 'Mars'\n", "no such time zone"),
        (
            "[sources.a]\nkind = 'pages'\nurls = ['https://x']\nsince = 2025-01-01\n",
            'sources.a.since: a source of kind "pages" takes no since; those of kind govuk, feed, wordpress take it',
        ),
        (
            "[sources.a]\nkind = 'feed'\nurl = 'https://x'\ntags = ['ferries']\n",
            'sources.a.tags: a source of kind "feed" takes no tags; those of kind wordpress take it',
        ),
        ("[sources.a]\nkind = 'files'\npath = 'x'\nevry = '1h'\n", "takes no evry; it takes every, timezone, kind"),
        ("[web]\ntimeout = '0s'", "web.timeout = '0s': Input should be greater than 0"),
        ("[web]\ndelay = 5\nconcurrency = 0", "web.concurrency = 0"),
        ("[web", "is not TOML"),
    ],
)
def test_a_fault_in_the_file_is_named_with_its_place(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "pressqa.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_sources_file(path)
    assert named in str(caught.value)


def test_sources_are_chosen_by_name_and_read_when_they_are_due(config: Path) -> None:
    with pytest.raises(InputError, match="no source called other"):
        chosen_sources(config, ["other"])
    file = SourcesFile.model_validate(
        {"sources": {"a": {"kind": "govuk", "every": "1h"}, "b": {"kind": "feed", "url": "https://x"}}}
    )
    now = [0.0]
    schedule = Schedule(file.sources, lambda: now[0])
    assert list(schedule.due()) == ["a", "b"]
    now[0] = 900
    assert list(schedule.due()) == ["a", "b"], "neither could be read"
    now[0] = 1000  # reading takes a while, from which the next time is not counted
    schedule.was_read(["a", "b"])
    now[0] = 1800
    assert list(schedule.due()) == ["b"]
    now[0] = 4500  # an hour after 900
    assert list(schedule.due()) == ["a", "b"]
