"""How well written sentences are judged: lies that passed, true sentences that were dropped, and how they cite.

Citation recall and precision are those of ALCE (Gao et al. 2023, "Enabling Large Language Models to Generate Text with
Citations"): recall is the share of the sentences shown whose citations together support them; precision the share of
the citations shown that support their sentence. ALCE asks a model for inference what supports what; here it is known,
because the sentences were made from what they cite. Pitfall: both speak of what is shown, so a judge that shows nothing
has no fault; that is what the share of true sentences dropped is for.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eval.metrics.latency import LatencySummary, latency_summary
from eval.sets.written.draw import answers, make
from eval.sets.written.lies import LIES
from eval.sets.written.sentences import Sentence, prompts
from eval.sets.written.true import TRUE
from index.types import Release, Span
from qa.types import WrittenSentence
from qa.writing.check import Dropped, Judge, Judged, Source
from qa.writing.draft import DraftReader

MOST_DROPPED: Final = 0.02
"""The share of true sentences that may be dropped."""


@dataclass(frozen=True, slots=True)
class KindScore:
    """The sentences of one kind: how many there were and how many were shown, and why the others were not."""

    kind: str
    is_true: bool
    count: int
    shown: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class WrittenScore:
    """The outcome of an evaluation; ``passed`` and ``lost`` are the sentences that were judged wrongly.

    ``claims`` is how many sentences an answer shows on average. ``recall`` and ``precision`` are those of citations.
    ``latency`` is the processor time
    of judging one sentence.
    """

    kinds: tuple[KindScore, ...]
    true: int
    lies: int
    passed: tuple[Sentence, ...]
    lost: tuple[tuple[Sentence, str], ...]
    claims: float
    recall: float
    precision: float
    latency: LatencySummary

    @property
    def holds(self) -> bool:
        """Whether no lie passed and few enough true sentences were dropped."""
        return not self.passed and len(self.lost) <= MOST_DROPPED * self.true


def score_written(releases: Sequence[Release], count: int, seed: int) -> WrittenScore:
    """Make ``count`` true sentences and as many lies over releases, and judge them; raises `InputError`."""
    chance = random.Random(seed)
    prompted = prompts(releases, chance)
    true, lies = make(TRUE, count, prompted, chance), make(LIES, count, prompted, chance)
    sources = {id(each): _sources(each.passages) for each in prompted}
    judged: dict[int, list[Judged]] = {}
    times: list[float] = []
    for each in [*true, *lies]:
        began = time.thread_time()  # other programs on the machine do not count
        judged[id(each)] = judge_text(each.written, sources[id(each.prompt)])
        times.append((time.thread_time() - began) * 1000)
    shown = {key: [one for one in found if isinstance(one, WrittenSentence)] for key, found in judged.items()}
    cited = [(each, one) for each in [*true, *lies] for one in shown[id(each)]]
    supporting = sum(len(one.citations) for each, one in cited if _is_right(each, shown[id(each)]))
    citations = sum(len(one.citations) for _, one in cited)
    mixed = answers(true, lies, chance)
    return WrittenScore(
        kinds=tuple(
            _kind(kind, [each for each in [*true, *lies] if each.kind == kind], judged) for kind in [*TRUE, *LIES]
        ),
        true=len(true),
        lies=len(lies),
        passed=tuple(each for each in lies if len(shown[id(each)]) > each.may_show),
        lost=tuple((each, _reason(judged[id(each)])) for each in true if len(shown[id(each)]) < each.may_show),
        claims=sum(len(shown[id(each)]) for answer in mixed for each in answer) / len(mixed),
        recall=sum(_is_right(each, shown[id(each)]) for each, _ in cited) / len(cited) if cited else 1.0,
        precision=supporting / citations if citations else 1.0,
        latency=latency_summary([{"sentence": each} for each in times])["sentence"],
    )


def _is_right(each: Sentence, shown: Sequence[WrittenSentence]) -> bool:
    return len(shown) <= each.may_show


def judge_text(written: str, sources: Sequence[Source]) -> list[Judged]:
    """Return what becomes of each sentence of a whole text."""
    reader, court = DraftReader(), Judge(sources)
    return [one for draft in [*reader.feed(written), *reader.close()] for one in court.judge(draft)]


def _sources(passages: Sequence[tuple[Release, str]]) -> list[Source]:
    return [
        Source(number, release, Span(start := release.body.index(text), start + len(text)))
        for number, (release, text) in enumerate(passages, start=1)
    ]


def _kind(kind: str, sentences: Sequence[Sentence], judged: dict[int, list[Judged]]) -> KindScore:
    reasons = Counter(one.reason for each in sentences for one in judged[id(each)] if isinstance(one, Dropped))
    counts = [sum(isinstance(one, WrittenSentence) for one in judged[id(each)]) for each in sentences]
    shown = sum(count > (0 if each.is_true else each.may_show) for each, count in zip(sentences, counts, strict=True))
    return KindScore(kind, kind in TRUE, len(sentences), shown, dict(reasons.most_common()))


def _reason(judged: Sequence[Judged]) -> str:
    return next((each.reason for each in judged if isinstance(each, Dropped)), "nothing was read")
