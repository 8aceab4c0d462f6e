"""What a second reader is given in use: the sentences of the shipped reader's best candidates, in one text."""

import hashlib
import json
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.sets.resolve import Resolved
from eval.training.examples import Example, Shown
from eval.training.mining import occurrences, searchable, settings_in_use
from eval.types import GoldSet
from index.disk.stamps import digest_json
from index.models.question_adapter import SHIPPED_ADAPTER_DIGEST
from index.types import Passage, SearchFilter, Span
from qa.question import understand
from qa.reading.calibration import SHIPPED_PAIR_CALIBRATION, Spotted
from qa.reading.exports import SHIPPED, SHIPPED_DIGEST
from qa.reading.load import load_model
from qa.reading.second_reading import surroundings
from qa.reading.span_reader import SpanReader
from qa.reading.windows import Text
from qa.retrieval import figures_of, find

_PUT_IN = 0.5
"""How often the sentences of the answer are put in where they are missing. Else the text answers nothing."""

_PLACES = 6
"""Sentences that are put in come at one of so many first places, all of them likely to be in the window."""

_SHUFFLED = 0.3
"""How often the parts come in random order, so that the first one is not always the one to trust."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Part:
    """Sentences of a release, around a candidate in one of its passages."""

    passage: Passage
    span: Span

    @property
    def text(self) -> str:
        return self.span.of(self.passage.release.body)


def collect(
    gold: GoldSet, corpus: Sequence[Path], distractors: Sequence[Path], *, times: int, seed: int, folder: Path
) -> list[Example]:
    """Return ``times`` examples of each question of a set, of what the shipped reader finds for it in the corpus.

    They are kept in ``folder``, a line for each question as soon as it has been read, so that one that was cut off
    goes on where it was. What was found with other settings, or in another corpus, is not taken for them. A question is
    left out if it is not known what answers it, or where.
    """
    settings = settings_in_use()
    texts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (*corpus, *distractors)]
    what = [gold.sha256, [each.id for each in gold.questions], texts]
    found_by = settings.model_dump(mode="json", exclude={"data", "models", "threads"})
    how = [times, seed, SHIPPED_DIGEST, asdict(SHIPPED_PAIR_CALIBRATION), found_by, SHIPPED_ADAPTER_DIGEST]
    file = folder / f"candidates-{digest_json([what, how])[:12]}.jsonl"
    known = _kept(file)
    left = [question for question in gold.questions if question.id not in known]
    if left:
        logger.info("reading %d questions of %s; %d were read before", len(left), gold.path, len(known))
        reader = SpanReader(load_model(SHIPPED, settings.models_folder), SHIPPED_PAIR_CALIBRATION)
        with searchable(gold, corpus, distractors) as library, file.open("a", encoding="utf-8") as lines:
            for question in left:
                resolved = library.resolved[question.id]
                found: list[Shown] = []
                if resolved.answers == () or (resolved.answers and _evidence(resolved)):
                    where = SearchFilter(as_of=question.as_of)
                    hits, _ = find(library.index, question.text, reader.reads, where)
                    figures = figures_of(library.index, hits)
                    spotted = reader.spans(understand(question.text), hits, figures, again=False)
                    # A question has its own chance: what comes before it may have been read in another run.
                    chance = random.Random(f"{seed} {question.id}")
                    found = [excerpt(resolved, spotted, library.passages, chance) for _ in range(times)]
                known[question.id] = found
                row = {"id": question.id, "shown": [[shown.text.body, shown.answers] for shown in found]}
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
                lines.flush()
                if len(known) % 200 == 0:
                    logger.info("%d of %d questions read", len(known), len(gold.questions))
    return [
        Example(question.id, question.text, (shown,)) for question in gold.questions for shown in known[question.id]
    ]


def _kept(file: Path) -> dict[str, list[Shown]]:
    """Return what a file has by question; a last line that was cut off is removed from it."""
    if not file.exists():
        return {}
    found = {}
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        file.write_bytes(whole)
    for line in whole.splitlines():
        row = json.loads(line)
        places = [(body, tuple((start, end) for start, end in answers)) for body, answers in row["shown"]]
        found[row["id"]] = [Shown(Text("", body), answers) for body, answers in places]
    return found


def excerpt(
    resolved: Resolved, spotted: Sequence[Spotted], passages: Mapping[str, Sequence[Passage]], chance: random.Random
) -> Shown:
    """Return the sentences of the best candidates with their neighbours, as one text with the places of the answer.

    ``spotted`` are the candidates, best first, and ``passages`` those of each release. Sentences that are not of a
    labelled release but say the answer are left out: they may answer the question too.
    """
    evidence = _evidence(resolved)
    parts = _parts(resolved, spotted)
    missing = evidence and not any(_places(resolved, part) for part in parts)
    if missing and chance.random() < _PUT_IN:
        for release, spans in evidence.items():
            part = _part_of(passages.get(release, ()), spans)
            if part is not None:
                if not _merged(parts, part):
                    parts.insert(chance.randrange(min(len(parts) + 1, _PLACES)), part)
                break
    if chance.random() < _SHUFFLED:
        chance.shuffle(parts)
    text, answers = "", list[tuple[int, int]]()
    for part in parts:
        answers += [(start + len(text), end + len(text)) for start, end in _places(resolved, part)]
        text += f"{part.text}\n"
    return Shown(Text("", text), tuple(answers))


def _evidence(resolved: Resolved) -> dict[str, list[Span]]:
    """Return where each labelled release has the answer, or a sentence with it; nothing if there is no answer."""
    found: dict[str, list[Span]] = {}
    for target in resolved.targets if resolved.answers else ():
        if target.spans:
            found.setdefault(target.release_id, []).extend(target.spans)
    return found


def _parts(resolved: Resolved, spotted: Sequence[Spotted]) -> list[_Part]:
    evidence = _evidence(resolved)
    parts: list[_Part] = []
    for each in spotted:
        passage = each.hit.passage
        part = _Part(passage, surroundings(passage.sentences, each.span))
        says = any(any(occurrences(part.text, answer)) for answer in resolved.answers or ())
        if says and passage.release.id not in evidence:
            continue
        if not _merged(parts, part):
            parts.append(part)
        if len(parts) == SHIPPED_PAIR_CALIBRATION.rivals:
            break
    return parts


def _merged(parts: list[_Part], part: _Part) -> bool:
    """Make one of ``part`` and those that it touches, in the place of the first; return False if it touches none."""
    touched = [
        other
        for other in parts
        if other.passage.release.id == part.passage.release.id
        and part.span.start <= other.span.end
        and other.span.start <= part.span.end
    ]
    if not touched:
        return False
    spans = [each.span for each in (*touched, part)]
    whole = Span(min(span.start for span in spans), max(span.end for span in spans))
    place = parts.index(touched[0])
    parts[:] = [other for other in parts if other not in touched]
    parts.insert(place, _Part(touched[0].passage, whole))
    return True


def _places(resolved: Resolved, part: _Part) -> list[tuple[int, int]]:
    """Return where a part says the answer: its words in a labelled release, else the evidence itself."""
    spans = _evidence(resolved).get(part.passage.release.id)
    if not resolved.answers or not spans:
        return []
    said = [found.span() for found in occurrences(part.text, resolved.answers[0])]
    inside = [span for span in spans if part.span.start <= span.start and span.end <= part.span.end]
    return said or [(span.start - part.span.start, span.end - part.span.start) for span in inside]


def _part_of(passages: Sequence[Passage], spans: Sequence[Span]) -> _Part | None:
    """Return the sentences around the first of the spans, if one of the passages holds it."""
    for passage in passages:
        if passage.span.start <= spans[0].start and spans[0].end <= passage.span.end:
            return _Part(passage, surroundings(passage.sentences, spans[0]))
    return None
