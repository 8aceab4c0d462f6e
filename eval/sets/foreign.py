"""Other people's question sets, brought into our form together with the releases that they are about.

Their documents become releases, because that is what an index holds: where a set has no title or no date, every
release gets the same one, which then does not distinguish releases.
"""

import csv
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from eval.sets.gold import digest
from eval.sets.lines import MEND, GoldError, Problems, made, no_split, open_text, rows
from eval.types import GoldSet, Label, Question
from index.errors import InputError
from index.sources.build import build_release, parse_iso_day
from index.sources.clean import EntryError, clean_body
from index.text.dates import UNDATED
from index.types import Problem, Release

_UNTITLED = "Untitled"
"""The title of a document without one."""


def beir(path: Path, split: str | None) -> GoldSet:
    """Read a folder of BEIR (Thakur et al. 2021): corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv, each also with .gz.

    The questions are those with a judgement in the split; answers are not labelled.
    """
    files = {name: sibling(path, f"{name}.jsonl") for name in ("corpus", "queries")}
    qrels = _qrels(path, split)
    problems = Problems(path)
    for name, file in files.items():
        if file is None:
            problems.add(str(path), f"{name}.jsonl is missing")
    problems.check()
    corpus, queries = (cast(Path, files[name]) for name in ("corpus", "queries"))
    releases = [
        release
        for where, row in rows(corpus, problems, "_id", "text")
        if (release := _document(where, problems, row["_id"], row["text"], title=row.get("title") or _UNTITLED))
        is not None
    ]
    # An empty abstract is part of BEIR's sets: it cannot be found, and is not a reason to refuse the rest.
    left_out, problems.found = tuple(problems.found), []
    texts = {str(row["_id"]): (where, str(row["text"])) for where, row in rows(queries, problems, "_id", "text")}
    judged = _judgements(qrels, problems)
    known = {release.id for release in releases} | {problem.reason.split(": ")[0] for problem in left_out}
    questions = []
    for query, grades in judged.items():
        if query not in texts:
            problems.add(str(qrels), f"query {query!r} is not in {queries.name}")
            continue
        where, text = texts[query]
        unknown = [name for name in grades if name not in known]
        if unknown:
            problems.add(str(qrels), f"document {unknown[0]!r} of query {query!r} is not in {corpus.name}")
        labels = tuple(Label(name, grade=grade) for name, grade in grades.items() if grade > 0)
        questions.append(Question(query, text, None, labels, "retrieval", where))
    problems.check()
    return made(path, "beir", questions, releases=releases, left_out=left_out, sha256=digest(corpus, queries, qrels))


def _qrels(path: Path, split: str | None) -> Path:
    found = {file.name.split(".")[0]: file for file in sorted((path / "qrels").glob("*.tsv*"))}
    name = split or ("test" if "test" in found else next(iter(found), ""))
    if name not in found or (split is None and len(found) > 1 and "test" not in found):
        have = ", ".join(found) or "none"
        raise InputError(f"{path / 'qrels'} has no split {name!r}; it has: {have}", "name one: --split NAME")
    return found[name]


def _judgements(path: Path, problems: "Problems") -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    with open_text(path) as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if number == 1 and row[:1] == ["query-id"]:
                continue
            try:
                query, document, grade = row
                judged.setdefault(query, {})[document] = int(grade)
            except ValueError:
                problems.add(f"{path}:{number}", f"not 'query-id TAB corpus-id TAB score': {' '.join(row)[:60]!r}")
    return judged


def squad(path: Path, split: str | None) -> GoldSet:
    """Read SQuAD 1.1 or 2.0 (Rajpurkar et al. 2016, 2018) as open retrieval: every paragraph is a release.

    An impossible question is one that its own paragraph does not answer; here it counts as unanswerable.
    """
    no_split(path, split)
    problems = Problems(path)
    try:
        with open_text(path) as file:
            articles = json.load(file)["data"]
            paragraphs = [
                (str(article.get("title") or _UNTITLED), paragraph)
                for article in articles
                for paragraph in article["paragraphs"]
            ]
            entries = [(title, str(p["context"]), [dict(qa) for qa in p["qas"]]) for title, p in paragraphs]
    except json.JSONDecodeError as error:
        raise GoldError(path, [Problem(f"{path}:{error.lineno}", f"not JSON: {error.msg}")], MEND) from error
    except (KeyError, TypeError, AttributeError, OSError, EOFError, UnicodeDecodeError) as error:
        reason = f"not in the form of SQuAD: {error!r}"
        raise GoldError(path, [Problem(str(path), reason)], "it needs data[].paragraphs[].{context, qas}") from error
    builder = _Paragraphs(problems)
    for title, context, items in entries:
        for item in items:
            where = f"{path}: question {item.get('id')!r}"
            answers = [] if item.get("is_impossible") else item.get("answers", [])
            starts = [(answer.get("text"), answer.get("answer_start")) for answer in answers]
            builder.add(where, str(item.get("id")), item.get("question"), title=title, context=context, answers=starts)
    problems.check()
    return made(path, "squad", builder.questions, releases=builder.releases, sha256=digest(path))


def reading(path: Path, split: str | None) -> GoldSet:
    """Read examples ``{id, question, context, answers[{text, start}]}`` in JSON Lines as open retrieval.

    Examples without answers are left out and reported: another paragraph of the set may well hold the answer.
    """
    no_split(path, split)
    problems = Problems(path)
    builder = _Paragraphs(problems)
    left_out: list[Problem] = []
    for where, row in rows(path, problems, "id", "question", "context"):
        answers = row.get("answers") or []
        if not answers:
            left_out.append(Problem(where, f"{row['id']}: no answer in its own paragraph; others may have one"))
            builder.paragraph(where, _UNTITLED, str(row["context"]))
            continue
        starts = [(answer.get("text"), answer.get("start")) for answer in answers]
        builder.add(
            where, str(row["id"]), row["question"], title=_UNTITLED, context=str(row["context"]), answers=starts
        )
    problems.check()
    return made(path, "reading", builder.questions, releases=builder.releases, left_out=left_out, sha256=digest(path))


def known_item(path: Path, split: str | None) -> GoldSet:
    """Read releases with a subtitle as known-item search: the subtitle is the query, its release the target.

    Title and subtitle are left out of the indexed text. Releases that share a subtitle are all targets.
    """
    no_split(path, split)
    problems = Problems(path)
    releases: list[Release] = []
    targets: dict[str, tuple[str, list[str]]] = {}
    for where, row in rows(path, problems, "id", "body", "published"):
        subtitle = " ".join(str(row.get("subtitle") or "").split())
        body = str(row["body"])
        for part in (str(row.get("subtitle") or ""), str(row.get("title") or "")):
            body = body.replace(part, " ") if part.strip() else body
        release = _document(
            where, problems, row["id"], body, publisher=str(row.get("publisher") or ""), day=row["published"]
        )
        if release is not None:
            releases.append(release)
            if any(mark.isalnum() for mark in subtitle):
                targets.setdefault(subtitle, (where, []))[1].append(release.id)
    left_out, problems.found = tuple(problems.found), []
    questions = [
        Question(ids[0], subtitle, None, tuple(map(Label, ids)), "known-item", where)
        for subtitle, (where, ids) in targets.items()
    ]
    return made(path, "known-item", questions, releases=releases, left_out=left_out, sha256=digest(path))


class _Paragraphs:
    """Questions over paragraphs: each distinct paragraph becomes a release once."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._made: dict[str, Release | None] = {}
        self._ids: dict[str, str] = {}
        self.questions: list[Question] = []

    @property
    def releases(self) -> list[Release]:
        return [release for release in self._made.values() if release is not None]

    def paragraph(self, where: str, title: str, context: str) -> Release | None:
        name = hashlib.sha256(context.encode("utf-8", "replace")).hexdigest()[:16]
        if name not in self._made:
            self._made[name] = _document(where, self._problems, name, context, title=title)
        return self._made[name]

    def add(
        self, where: str, name: str, text: object, *, title: str, context: str, answers: Sequence[tuple[object, object]]
    ) -> None:
        if name in self._ids:
            self._problems.add(where, f"duplicate id {name!r}, first at {self._ids[name]}")
            return
        self._ids[name] = where
        if not isinstance(text, str) or not any(mark.isalnum() for mark in text):
            self._problems.add(where, f"the question has no words: {text!r}")
            return
        release = self.paragraph(where, title, context)
        labels = []
        for answer, start in answers:
            if not isinstance(answer, str) or not isinstance(start, int) or not answer.strip():
                self._problems.add(where, f"an answer is not a text with a start: {answer!r} at {start!r}")
            elif context[start : start + len(answer)] != answer:
                self._problems.add(where, f"the answer {answer!r} is not at {start} of its context")
            elif release is not None:
                labels.append(Label(release.id, answer.strip(), _occurrence(context, answer.strip(), start)))
        kind = "answerable" if answers else "unanswerable"
        given = tuple(dict.fromkeys(str(answer) for answer, _ in answers))
        self.questions.append(Question(name, text, given, tuple(dict.fromkeys(labels)), kind, where))


def _occurrence(context: str, answer: str, start: int) -> int:
    """Return how many times the answer occurs in the cleaned context before its place: cleaning moves offsets."""
    words = r"\s+".join(map(re.escape, clean_body(answer).split()))
    before = clean_body(context[:start] + "\ue000" + context[start:])
    return sum(
        1 for found in re.finditer(words, before.replace("\ue000", "")) if found.start() < before.index("\ue000")
    )


def _document(
    where: str,
    problems: Problems,
    name: object,
    body: object,
    *,
    title: object = _UNTITLED,
    publisher: str = "",
    day: object = None,
) -> Release | None:
    try:
        return build_release(
            id=str(name),
            title=str(title) if any(mark.isalnum() for mark in str(title)) else _UNTITLED,
            body=str(body),
            publisher=publisher or _UNTITLED,
            published=UNDATED if day is None else parse_iso_day(str(day)),
        )
    except EntryError as error:
        problems.add(where, f"{name}: {error}")
        return None


def sibling(folder: Path, name: str) -> Path | None:
    """Return the file of that name in a folder, or its gzipped form; None if there is neither."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)
