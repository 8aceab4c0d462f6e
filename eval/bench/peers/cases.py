"""What all peers are given: releases, the passages that pressqa splits them into, and questions with their passages."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.runs.corpus import Corpus, gather
from eval.sets.load import load_set
from eval.types import GoldSet, Question, Target
from index.models.load import load_embedder
from index.models.names import DEFAULT_MODEL, find_default_model
from index.open import open_releases
from index.sources import dump_line
from index.text.passages import embedded_text, passage_prefix
from index.types import Release, Span
from qa.cli.progress import PlainLines
from qa.settings import Settings
from qa.upkeep import ingest

_DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True, slots=True)
class Plan:
    """A corpus and the question sets that are asked over it: path, and split or None."""

    name: str
    corpus: tuple[Path, ...]
    distractors: tuple[Path, ...]
    sets: tuple[tuple[Path, str | None], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the set that it is of, and the passages that hold its evidence whole; none: no passage does."""

    text: str
    group: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """A plan made ready in ``folder``: ``passages.jsonl`` and ``releases.jsonl``, and the questions."""

    name: str
    folder: Path
    releases: int
    passages: int
    questions: tuple[Asked, ...]


def plans(shared: Path) -> list[Plan]:
    """Return the sample corpus and, where the real releases are in ``shared``, ten of them among others."""
    found = [
        Plan("sample", (_DATA / "home-office-summaries.txt",), (), ((_DATA / "home-office-gold.jsonl", None),)),
    ]
    page, news = shared / "corpus" / "home-office-tag-page.txt", shared / "corpus" / "govuk-news-dev.jsonl"
    if page.is_file() and news.is_file():
        sets = ((shared / "gold" / "home-office.jsonl", None), (_DATA / "govuk-questions.jsonl", "dev"))
        found.append(Plan("news", (page,), (news,), sets))
    return found


def prepare(plan: Plan, work: Path, models: Path, most: int | None = None) -> Case:
    """Write the releases and passages of a plan to a folder in ``work``, and find the passages of its questions.

    Of a corpus with distractors, ``most`` of these are taken, the same ones on every machine, and the questions that
    the releases taken answer. Everybody gets the same passages, each with its title and day in front, as pressqa
    embeds it.
    """
    folder = work / plan.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sets = [load_set(path, None, split) for path, split in plan.sets]
    corpora = [gather(gold, plan.corpus, plan.distractors) for gold in sets]
    everything = {release.id: release for corpus in corpora for release in corpus.releases}
    releases = _taken(everything, {label.release_id for label in _targets(corpora[0])}, most)
    lines = "".join(dump_line(release) + "\n" for release in releases.values())
    (folder / "releases.jsonl").write_text(lines, "utf-8")
    settings = Settings(data=folder / "split", models=models, catalog=None)
    ingest(settings, [folder / "releases.jsonl"], None, PlainLines("splitting"), today=date.today())
    places = _write_passages(folder, models)
    questions = [
        Asked(question.text, gold.path.stem, _holding(places, corpus.resolved[question.id].targets))
        for gold, corpus in zip(sets, corpora, strict=True)
        for question in _answerable(gold)
        if all(target.release_id in releases for target in corpus.resolved[question.id].targets)
    ]
    count = sum(map(len, places.values()))
    return Case(plan.name, folder, len(releases), count, tuple(questions))


def _targets(corpus: Corpus) -> Iterator[Target]:
    return (target for found in corpus.resolved.values() for target in found.targets)


def _taken(everything: dict[str, Release], needed: set[str], most: int | None) -> dict[str, Release]:
    others = sorted(everything.keys() - needed, key=lambda name: hashlib.sha256(name.encode()).digest())
    kept = needed | set(others[:most])
    return {name: release for name, release in everything.items() if name in kept}


def copy_model(folder: Path) -> Path:
    """Copy the default model, in the form of sentence-transformers, to a place that every peer reads; return it."""
    target = folder / DEFAULT_MODEL
    if not (target / "model.safetensors").is_file():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(find_default_model(), target)
    return target


def _answerable(gold: GoldSet) -> list[Question]:
    return [
        question
        for question in gold.questions
        if question.labels and question.as_of is None and (question.answers is None or question.answers)
    ]


def _write_passages(folder: Path, models: Path) -> dict[str, list[tuple[str, Span]]]:
    """Write id and text of each passage; return them by release, each with its span."""
    model = load_embedder(DEFAULT_MODEL, models)
    places: dict[str, list[tuple[str, Span]]] = {}
    prefixes: dict[str, str] = {}
    with closing(open_releases(folder / "split")) as stored, (folder / "passages.jsonl").open("w", -1, "utf-8") as out:
        for passage in stored.every_passage():
            release: Release = passage.release
            if release.id not in prefixes:
                prefixes[release.id] = passage_prefix(
                    release, count_tokens=model.count_tokens, max_tokens=model.max_tokens
                )
            name = f"{release.id}:{passage.span.start}"
            text = embedded_text(prefixes[release.id], release.body, passage)
            out.write(json.dumps({"id": name, "text": text}) + "\n")
            places.setdefault(release.id, []).append((name, passage.span))
    return places


def _holding(places: dict[str, list[tuple[str, Span]]], targets: Sequence[Target]) -> frozenset[str]:
    return frozenset(
        name
        for target in targets
        for name, passage in places.get(target.release_id, ())
        if any(passage.start <= span.start and span.end <= passage.end for span in target.spans)
    )
