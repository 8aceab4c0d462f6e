"""Search on a Milvus server: what the contract of an index does not ask, above all what may go wrong on the way."""

import math
import re
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.catalog.changes import KeywordDocument
from index.catalog.validity import FOREVER
from index.errors import InputError, SearchServerError
from index.models.hashing_embedder import HashingEmbedder
from index.open import open_index
from index.search.files import LocalFiles
from index.search.keywords import KeywordIndex, LocalKeywordLeg
from index.search.legs import KeywordWeights
from index.search.milvus import server
from index.search.milvus.address import Address, parse
from index.search.milvus.legs import bm25
from index.search.milvus.words import asked_words, stored_words
from index.search.rows import Held, columns_of
from index.types import Ranking, Release, SearchFilter

Make = Callable[..., Release]

ALL = SearchFilter()
WORDS = KeywordWeights(0.0, 0.0)
DEEP = Ranking(depth=500)
WORDS_OF_TEXTS = ["harbour", "ferry", "pilot", "beacon", "cargo"]
STEMS = asked_words("harbour ferries")


# without a server


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("milvus://db.example", Address("db.example")),
        ("milvus://127.0.0.1:1234/press", Address("127.0.0.1", 1234, "press")),
        ("milvus://me:a%40b@[::1]:7/press/", Address("::1", 7, "press", "me:a@b")),
    ],
)
def test_an_address_is_read_with_its_parts(text: str, address: Address) -> None:
    assert parse(text) == address
    assert parse(str(address)) == replace(address, token="")


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1:19530", "http://h:1", "milvus://", "milvus://h:x", "milvus://h/a-b", "milvus://h/a?b=c"]
)
def test_what_is_no_address_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(InputError, match="PRESSQA_INDEX") as caught:
        parse(text.replace("//", "//me:secret@"))
    assert "secret" not in str(caught.value) + caught.value.hint
    assert "milvus://127.0.0.1:19530" in caught.value.hint


@given(st.text(max_size=80) | st.sampled_from(["£1.5m on 13.5 km", "U.K. e-mail a_b", "Ünï٣.٤ ﬁne ǅ", "नमस्ते 你好"]))
@settings(max_examples=80, deadline=None)
def test_no_tokenizer_divides_or_changes_a_stored_word(text: str) -> None:
    for word in stored_words(text):
        assert re.fullmatch(r"[^\W_]+", word)


def test_where_pymilvus_is_missing_the_command_that_installs_it_is_named(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(InputError, match="pymilvus is not installed") as caught:
        lab.on("milvus://127.0.0.1:9").ingest(make(1))
    assert "pip install 'pressqa[milvus]'" in caught.value.hint
    assert [release.id for release in lab.everything()] == ["release/1"], "the catalog has it"


@given(st.lists(st.lists(st.sampled_from(WORDS_OF_TEXTS), min_size=1, max_size=300), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_the_scores_are_those_of_tantivy(texts: list[list[str]]) -> None:
    index = KeywordIndex(None)
    documents = [KeywordDocument(i, " ".join(text), "", "", 1, 1, FOREVER) for i, text in enumerate(texts, 1)]
    index.add(documents)
    leg = LocalKeywordLeg(index, Held([columns_of(documents)]))
    holding = [sum(stem in stored_words(" ".join(text)) for text in texts) for stem in STEMS]
    rarity = {stem: math.log1p((len(texts) - n + 0.5) / (n + 0.5)) for stem, n in zip(STEMS, holding, strict=True)}
    average = sum(map(len, texts)) / len(texts)
    ours = {i: bm25(" ".join(stored_words(" ".join(text))), rarity, average) for i, text in enumerate(texts, 1)}
    theirs = dict(leg.search("harbour ferries", 100, ALL, WORDS))
    assert {i: score for i, score in ours.items() if score > 0} == pytest.approx(theirs, rel=1e-4)


def test_a_server_that_says_nothing_is_not_waited_for(lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pymilvus")
    for name in ("READ_PATIENCE", "WRITE_PATIENCE"):
        monkeypatch.setattr(server, name, 0.5)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"milvus://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(SearchServerError, match=f"{address}/default does not answer"):
            lab.on(address).ingest(make(1))
    assert [release.id for release in lab.everything()] == ["release/1"]


# scores


@pytest.mark.milvus
def test_the_scores_are_those_of_the_files_on_one_machine(on_milvus: Any, make: Make) -> None:
    on_milvus.lab.ingest(*(make(number) for number in range(30)))
    on_milvus.lab.ingest(make(3, version=1), make(31), make(32))
    with on_milvus.legs() as legs, closing(on_milvus.lab.catalog()) as catalog:
        local = LocalFiles(catalog).in_memory()
        vector = HashingEmbedder().encode_question("harbour")
        for question in ("harbour ferry court", "uniq3v0 5%", "13.5 pilots of the beacon"):
            for where in (ALL, SearchFilter(publisher="home office"), SearchFilter(as_of=date(2024, 9, 1))):
                ours, theirs = (dict(each.keywords.search(question, 100, where, WORDS)) for each in (legs, local))
                assert ours == pytest.approx(theirs, rel=1e-5)
                ours, theirs = (dict(each.vectors.search(vector, 100, where)) for each in (legs, local))
                assert ours == pytest.approx(theirs, abs=1e-5)
            assert legs.keywords.information(question) == pytest.approx(local.keywords.information(question))


@pytest.mark.milvus
def test_what_milvus_cannot_count_is_refused(on_milvus: Any, make: Make) -> None:
    on_milvus.lab.ingest(make(1))
    with pytest.raises(InputError, match=r"PRESSQA_TITLE_WEIGHT is 0\.5"):
        open_index(on_milvus.lab.data, HashingEmbedder, Ranking(title_weight=0.5), on_milvus.address)


@pytest.mark.milvus
def test_any_history_ends_in_what_would_be_built_at_once(on_milvus: Any, make: Make) -> None:
    steps = st.lists(
        st.tuples(st.sampled_from(["put", "put", "remove"]), st.sets(st.integers(0, 9), min_size=1, max_size=4)),
        min_size=1,
        max_size=5,
    )
    lab = on_milvus.lab
    version = iter(range(10_000))

    @given(steps)
    @settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def check(taken: list[tuple[str, set[int]]]) -> None:
        for step, numbers in taken:
            if step == "put":
                lab.ingest(*(make(number, version=next(version) % 7) for number in numbers))
            else:
                held = {release.id for release in lab.everything()}
                lab.remove(*sorted(held & {f"release/{number}" for number in numbers}))
        with on_milvus.files() as published:
            before = on_milvus.shown()
            assert published.load(thorough=True) is not None
            published.publish(afresh=True)
            assert on_milvus.shown() == pytest.approx(before, abs=1e-5)

    check()
