"""The sweep shares indexes and resumes what this code measured; the gate shuts when the sample set gets worse."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval import sweep as sweeping
from eval.cli import app
from eval.gate import BASELINE, GOLD, read_baseline
from eval.runs import provenance
from eval.runs.vector_cache import FILE, CachingEmbedder, EmbeddingCache
from eval.scoring import score
from eval.scoring.measures import METRICS
from eval.sets.gold import digest
from index.errors import InputError
from index.models.hashing_embedder import HashingEmbedder
from index.search import fusion
from qa.reading import span_reader


@pytest.fixture
def config(tmp_path: Path, gold: Path, corpus: Path) -> Path:
    path = tmp_path / "sweep.toml"
    path.write_text(
        f"""
        name = "trial"
        [[sets]]
        name = "small"
        gold = "{gold.name}"
        corpus = ["{corpus.name}"]
        [fixed]
        title_weight = 0.1
        [grid]
        chunk_tokens = [32, 64]
        keyword_weight = [0.0, 0.5, 1.0]
        """,
        encoding="utf-8",
    )
    return path


def test_sweep_builds_an_index_once_and_goes_on(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []
    indexed = sweeping.indexed

    def counting(corpus: object, settings: object, *rest: object) -> object:
        built.append(settings.chunk_tokens)  # type: ignore[attr-defined]
        return indexed(corpus, settings, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sweeping, "indexed", counting)
    out, cache = tmp_path / "out", tmp_path / "cache"
    found = sweeping.sweep(config, out, cache)
    assert built == [32, 64]
    assert [point.settings["keyword_weight"] for point in found] == [0.0, 0.5, 1.0] * 2
    lines = (out / sweeping.POINTS).read_bytes().splitlines(keepends=True)
    # cut off in the middle of the last point, as by a kill
    (out / sweeping.POINTS).write_bytes(b"".join(lines[:-1]) + lines[-1][:50])
    again = sweeping.sweep(config, out, cache)
    assert built == [32, 64, 64]
    assert again == found
    assert len((out / sweeping.POINTS).read_bytes().splitlines()) == 7
    rows = sweeping.write_tables(out, sweeping.read_config(config), found)
    assert [row.overall for row in rows] == sorted((row.overall for row in rows), reverse=True)
    assert sum("small" in row.best for row in rows) == 1
    assert (out / sweeping.TABLE).read_text(encoding="utf-8").count("**") == 2
    assert len(json.loads((out / sweeping.TABLE_JSON).read_text(encoding="utf-8"))["rows"]) == 6


def test_a_point_is_not_resumed_after_a_rule_changed_without_a_commit(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = tmp_path / "code" / "index" / "search" / "fusion.py"
    rule.parent.mkdir(parents=True)
    rule.write_text("SHARE = 0.5\n", encoding="utf-8")
    monkeypatch.setattr(provenance, "ROOT", tmp_path / "code")
    out, cache = tmp_path / "out", tmp_path / "cache"

    def keys() -> set[str]:
        return {point.key for point in sweeping.sweep(config, out, cache)}

    first = keys()
    assert keys() == first, "the same code resumes"
    rule.write_text("SHARE = 0.4\n", encoding="utf-8")
    changed = keys()
    assert changed.isdisjoint(first)
    rule.with_name("untracked.py").write_text("", encoding="utf-8")
    assert keys().isdisjoint(first | changed)
    assert len((out / sweeping.POINTS).read_bytes().splitlines()) == 3 * len(first)


def test_the_digest_of_the_code_covers_what_answers_and_measures() -> None:
    covered = {path for pattern in provenance.DECIDING for path in provenance.ROOT.glob(pattern)}
    assert {Path(module.__file__ or "") for module in (fusion, span_reader, score)} <= covered


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("keyword_weight = [0.0", "keyword_wait = [0.0", "no setting is called 'keyword_wait'"),
        ("[0.0, 0.5, 1.0]", "[0.0, 7]", "keyword_weight is 7"),
        ('name = "trial"', 'name = "trial"\nmetric = "best"', "no metric is called 'best'"),
        ("[grid]", "[gird]", "grid: Field required"),
        ("[fixed]", "[fixed", "is not TOML"),
    ],
)
def test_bad_sweep(config: Path, old: str, new: str, message: str) -> None:
    config.write_text(config.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        sweeping.read_config(config)
    assert message in str(caught.value)


def test_gate_shuts_when_the_sample_gets_worse(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    places = ["--baseline", str(baseline), "--cache", str(tmp_path / "cache")]
    missing = CliRunner().invoke(app, ["gate", *places])
    assert "there is no baseline" in str(missing.exception)
    assert CliRunner().invoke(app, ["gate", "--update", *places]).exit_code == 0
    assert CliRunner().invoke(app, ["gate", *places]).exit_code == 0
    shut = CliRunner().invoke(app, ["gate", *places, "--set", "threshold=1"])
    assert shut.exit_code == 1
    assert re.search(r"threshold was 0\.\d+, is 1\.0", shut.output)
    baseline.write_text(baseline.read_text(encoding="utf-8").replace('"s001"', '"s999"'), encoding="utf-8")
    other = CliRunner().invoke(app, ["gate", *places])
    assert "other questions" in str(other.exception)
    assert "--update" in getattr(other.exception, "hint", "")


def test_committed_baseline_is_of_the_committed_set() -> None:
    baseline = read_baseline(BASELINE)
    assert baseline.gold == digest(GOLD)
    assert set(baseline.means) <= set(METRICS)
    assert baseline.manifest["model"] == "all-MiniLM-L6-v2"


def test_cache_asks_the_model_once_and_survives_damage(tmp_path: Path) -> None:
    asked: list[str] = []

    class Counting(HashingEmbedder):
        def encode_passages(self, texts):  # type: ignore[no-untyped-def]
            asked.extend(texts)
            return super().encode_passages(texts)

    texts = ["a boat", "a bee", "a boat"]
    cache = EmbeddingCache(tmp_path)
    first = CachingEmbedder(Counting(), cache).encode_passages(texts)
    cache.close()
    cache = EmbeddingCache(tmp_path)
    again = CachingEmbedder(Counting(), cache).encode_passages(texts)
    assert asked == ["a boat", "a bee"]
    assert (first == again).all()
    assert (first == HashingEmbedder().encode_passages(texts)).all()
    CachingEmbedder(Counting(), cache).encode_question("a boat")
    assert asked[2:] == ["a boat"], "a question may be encoded in another way than a passage"
    cache.close()
    (tmp_path / FILE).write_bytes(b"not a database, but long enough to look like a file" * 100)
    cache = EmbeddingCache(tmp_path)
    assert (CachingEmbedder(Counting(), cache).encode_passages(texts) == first).all()
    cache.close()
