"""Facts that a later release changes, and those that only look so: our own releases, read by rule and by the model.

By rule the words marked in each release are the candidates; in tests marked ``model`` the shipped reader finds them.

Long because each case is a pair of releases, in full.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from index.types import Hit, Span
from qa.facts.timeline import FactTimeline, anchor_of, as_sure_as_both, fact_points, fact_timeline, same_words
from qa.question import understand
from qa.reading.exports import SHIPPED, SHIPPED_FOLDER
from qa.reading.load import load_reader
from qa.reading.reader import Reader, ScoreLimits
from qa.types import Candidate

MakeHit = Callable[..., Hit]
Ask = Callable[..., list[Candidate]]
LIMITS = ScoreLimits(alone=0.0, repeated=-17.0, below_best=10.0)


@dataclass(frozen=True)
class Said:
    """A release: in its text the words that answer stand in brackets."""

    day: str
    title: str
    marked: str

    @property
    def body(self) -> str:
        return self.marked.replace("[", "").replace("]", "")

    @property
    def span(self) -> Span:
        return Span(self.marked.index("["), self.marked.index("]") - 1)


@dataclass(frozen=True)
class Case:
    name: str
    question: str
    releases: tuple[Said, ...]
    answer: str | None
    """The words that answer; None where none of them does, or where it is left open which."""
    relations: str = "latest earlier"


LIBRARY = (
    Said("2025-01-06", "Views on late opening", "The survey on late library opening closes on [14 March 2025]."),
    Said(
        "2025-03-01",
        "More time",
        "The survey on late library opening has been extended and now closes on [28 April 2025].",
    ),
)
PILOT = (
    Said("2024-05-01", "Pilots", "The Registrar of Pilots, [Tom Garrick], praised 40 crews."),
    Said("2024-11-01", "Storm damage", "[Ilse Marran], Registrar of Pilots, said that repairs had begun."),
)
CHANGED = [
    # closing dates and other days
    Case("extended", "When does the survey on late library opening close?", LIBRARY, "28 April 2025"),
    Case("keywords", "closing date survey late library opening", LIBRARY, "28 April 2025"),
    Case(
        "original",
        "What was the original closing date of the survey on late library opening?",
        LIBRARY,
        "14 March 2025",
    ),
    Case(
        "no cue",
        "When does work on the Elmstead weir end?",
        (
            Said("2025-01-06", "Weir", "Work on the Elmstead weir ends on [9 May 2025]."),
            Said("2025-03-06", "Weir", "Work on the Elmstead weir ends on [4 July 2025]."),
        ),
        "4 July 2025",
    ),
    Case(
        "from to",
        "What is the deadline for claims to the storm scheme?",
        (
            Said("2025-01-06", "Storm scheme", "The deadline for claims to the storm scheme is [31 March 2025]."),
            Said(
                "2025-03-06",
                "Storm scheme",
                "The deadline for claims to the storm scheme has moved from [31 March to 30 June 2025].",
            ),
        ),
        "30 June 2025",
    ),
    Case(
        "not but",
        "When will the inquest into the mill fire resume?",
        (
            Said("2025-05-01", "Inquest", "The inquest into the mill fire will resume on [Tuesday 2 September]."),
            Said(
                "2025-08-10",
                "Inquest",
                "The inquest into the mill fire will not resume on 2 September but on [Monday 8 September].",
            ),
        ),
        "Monday 8 September",
    ),
    Case(
        "after it passed",
        "When does the Tarn bridge reopen?",
        (
            Said("2025-01-06", "Tarn bridge", "The Tarn bridge reopens on [14 March 2025]."),
            Said(
                "2025-03-20",
                "Another delay",
                "Frost has held up the work: the Tarn bridge now reopens on [2 May 2025].",
            ),
        ),
        "2 May 2025",
    ),
    Case(
        "in force",
        "When does the ban on lead sinkers come into force?",
        (
            Said("2025-01-06", "Anglers", "The ban on lead sinkers comes into force on [1 June 2025]."),
            Said(
                "2025-04-06", "Anglers", "The start of the ban on lead sinkers has been put back to [1 September 2025]."
            ),
        ),
        "1 September 2025",
    ),
    Case(
        "seasons",
        "When will the Holmby bypass be finished?",
        (
            Said("2024-01-15", "Bypass", "The Holmby bypass will be finished in [spring 2026]."),
            Said("2025-04-25", "Bypass", "The Holmby bypass will be finished in [autumn 2026]."),
        ),
        "autumn 2026",
    ),
    Case(
        "hour",
        "What time does the Holmby tip open on Sundays?",
        (
            Said("2024-01-06", "Tip", "On Sundays the Holmby tip opens at [9am]."),
            Said("2025-03-06", "Tip", "On Sundays the Holmby tip now opens at [10am]."),
        ),
        "10am",
    ),
    # places
    Case(
        "venue",
        "Where will the hearing on the Tarn floods be held?",
        (
            Said("2025-02-03", "Hearing", "The hearing on the Tarn floods will be held at [Elmstead Town Hall]."),
            Said("2025-03-05", "Hearing moves", "The hearing on the Tarn floods will be held at the [Marl Guildhall]."),
        ),
        "Marl Guildhall",
    ),
    Case(
        "moved",
        "Where is the Marine Safety Board based?",
        (
            Said("2023-01-06", "Board", "The Marine Safety Board, which is based in [Holmby], met today."),
            Said(
                "2025-03-06", "Board", "The Marine Safety Board has moved its headquarters from [Holmby to Port Ellis]."
            ),
        ),
        "Port Ellis",
    ),
    Case(
        "left",
        "Where is the Otter Survey Unit based?",
        (
            Said("2023-01-06", "Otters", "The Otter Survey Unit is based in [Holmby] and counts holts."),
            Said("2025-03-06", "Otters", "The Otter Survey Unit has left Holmby and is now based in [Tarn]."),
        ),
        "Tarn",
    ),
    Case(
        "court",
        "Which court hears appeals against mooring fines?",
        (
            Said("2023-01-06", "Fines", "Appeals against mooring fines are heard at [Elmstead Crown Court]."),
            Said("2025-03-06", "Fines", "Appeals against mooring fines are now heard at [Holmby County Court]."),
        ),
        "Holmby County Court",
    ),
    Case(
        "built",
        "Where will the new seal hospital be built?",
        (
            Said("2023-05-01", "Seals", "The new seal hospital will be built in [Elmstead]."),
            Said("2024-02-10", "Seals", "The new seal hospital will be built in [Holmby], and not in Elmstead."),
        ),
        "Holmby",
    ),
    # bodies
    Case(
        "led by",
        "Which unit leads the review of buoys?",
        (
            Said("2025-01-06", "Buoys", "The review of buoys is led by the [Light Vessel Unit]."),
            Said("2025-03-01", "Buoys", "The review of buoys is now led by the [Channel Unit]."),
        ),
        "Channel Unit",
    ),
    Case(
        "taken over",
        "Who runs the Skarra launch?",
        (
            Said("2024-05-01", "Launch", "The Skarra launch is run by [Island Transport]."),
            Said("2024-11-01", "Launch", "[Northern Lines has taken over the Skarra launch from Island Transport]."),
        ),
        "Northern Lines",
    ),
    Case(
        "renamed",
        "Which agency inspects cold stores?",
        (
            Said("2023-05-01", "Cold stores", "Cold stores are inspected by the [Chilled Goods Agency]."),
            Said(
                "2024-11-01",
                "Cold stores",
                "Cold stores are now inspected by the [Larder Board], formerly the Chilled Goods Agency.",
            ),
        ),
        "Larder Board",
    ),
    Case(
        "passed to",
        "Which department is responsible for bathing beaches?",
        (
            Said("2023-05-01", "Bathing", "The [Department for Rivers] is responsible for bathing beaches."),
            Said(
                "2024-09-10", "Bathing", "Responsibility for bathing beaches has passed to the [Department for Coasts]."
            ),
        ),
        "Department for Coasts",
    ),
    Case(
        "builder",
        "Which company will build the Skarra pier?",
        (
            Said("2023-05-01", "Pier", "The Skarra pier will be built by [Tarn Civil Engineering]."),
            Said("2024-02-10", "Pier", "The Skarra pier will be built by [Oakridge Marine]."),
        ),
        "Oakridge Marine",
    ),
    # people in offices
    Case("office", "Who is the Registrar of Pilots?", PILOT, "Ilse Marran"),
    Case("office then", "Who was the Registrar of Pilots in June 2024?", PILOT, "Tom Garrick"),
    Case(
        "succeeded",
        "Who is the Registrar of Pilots?",
        (
            PILOT[0],
            Said("2024-11-01", "New registrar", "[Ilse Marran] has succeeded Tom Garrick as Registrar of Pilots."),
        ),
        "Ilse Marran",
    ),
    Case(
        "appointed",
        "Who is the Registrar of Pilots?",
        (
            PILOT[0],
            Said("2024-11-01", "Pilots", "[Ilse Marran] has been appointed as the new Registrar of Pilots."),
        ),
        "Ilse Marran",
    ),
    Case(
        "chief executive",
        "Who is the chief executive of the Holmby Trust?",
        (
            Said("2023-01-06", "Trust", "Holmby Trust chief executive [Piers Nolan] said the garden was full."),
            Said("2025-03-06", "Trust", "[Ada Fenn] took over as chief executive of the Holmby Trust last week."),
        ),
        "Ada Fenn",
    ),
    Case(
        "leads",
        "Who is leading the review of school meals?",
        (
            Said("2024-01-15", "Meals", "The review of school meals is being led by [Paul Denby]."),
            Said("2024-04-25", "Meals", "The review of school meals, led by [Ada Fenn], will now report in July."),
        ),
        "Ada Fenn",
    ),
    # one day, two answers
    Case(
        "conflict of days",
        "When does the Tarn bridge reopen?",
        (
            Said("2025-01-06", "Tarn bridge", "The Tarn bridge reopens on [14 March 2025]."),
            Said("2025-01-06", "Roads", "The Tarn bridge reopens on [17 March 2025]."),
        ),
        None,
        "latest conflict",
    ),
    Case(
        "conflict of names",
        "Who leads the Tarn inquiry?",
        (
            Said("2025-01-06", "Inquiry", "The Tarn inquiry is led by [Dame Olive Tranter]."),
            Said("2025-01-06", "Inquiry", "The Tarn inquiry is led by [Sir Hugh Penney]."),
        ),
        None,
        "latest conflict",
    ),
]
PORTS = Said("2024-05-01", "Ports", "Minister for Ports [Gregor Bain] said that trade was brisk.")
ALIKE = [
    Case(
        "other subject",
        "When does the survey on late library opening close?",
        (
            LIBRARY[0],
            Said("2025-02-01", "Pools", "The survey on late pool opening closes on [28 April 2025]."),
        ),
        "14 March 2025",
    ),
    Case(
        "second of the name",
        "When does the survey on late library opening close?",
        (
            LIBRARY[0],
            Said(
                "2025-03-01",
                "Libraries",
                "A second survey on late library opening, about cafes, closes on [28 June 2025].",
            ),
        ),
        "14 March 2025",
    ),
    Case(
        "other pier",
        "When does the north pier at Skarra open?",
        (
            Said("2025-01-01", "Piers", "The north pier at Skarra opens on [5 May 2025]."),
            Said("2025-02-10", "Piers", "The south pier at Skarra opens on [9 June 2025]."),
        ),
        "5 May 2025",
    ),
    Case(
        "other year",
        "What is the deadline for bids to the Village Halls Fund?",
        (
            Said("2024-01-06", "Halls", "The deadline for bids to the Village Halls Fund is [31 March 2024]."),
            Said("2025-01-06", "Halls", "The deadline for bids to the Village Halls Fund is [31 March 2025]."),
        ),
        None,
    ),
    Case(
        "next meeting",
        "When is the next meeting of the Coast Forum?",
        (
            Said("2024-05-01", "Forum", "The next meeting of the Coast Forum is on [5 June 2024]."),
            Said("2024-09-10", "Forum", "The next meeting of the Coast Forum is on [8 October 2024]."),
        ),
        None,
    ),
    Case(
        "other edition",
        "Where will the Coast Forum meet?",
        (
            Said("2023-05-01", "Forum", "The 2023 Coast Forum will meet in [Holmby]."),
            Said("2024-05-10", "Forum", "The 2024 Coast Forum will meet in [Elmstead]."),
        ),
        None,
    ),
    Case(
        "opening, not closing",
        "When does the heating grant close for applications?",
        (
            Said("2025-08-06", "Grant", "The heating grant closes for applications on [30 January 2026]."),
            Said("2025-09-20", "Grant", "Applications for the heating grant will open on [3 November 2025]."),
        ),
        "30 January 2026",
    ),
    Case(
        "other place",
        "Who chairs the planning committee?",
        (
            Said("2023-05-01", "Planning", "The planning committee of Holmby is chaired by [Ada Fenn]."),
            Said("2024-05-10", "Planning", "The planning committee of Elmstead is chaired by [Paul Denby]."),
        ),
        None,
    ),
    Case(
        "other museum",
        "Who is the director of the Holmby Museum?",
        (
            Said("2024-01-15", "Museum", "[Paul Denby], director of the Holmby Museum, thanked donors."),
            Said("2025-04-25", "Museum", "[Sunita Rao], director of the Elmstead Museum, thanked donors."),
        ),
        "Paul Denby",
    ),
    Case(
        "deputy",
        "Who is the Minister for Ports?",
        (
            PORTS,
            Said("2024-09-10", "Ports", "The Deputy Minister for Ports, [Ilse Marran], opened a dock."),
        ),
        "Gregor Bain",
    ),
    Case(
        "shadow",
        "Who is the Minister for Ports?",
        (
            PORTS,
            Said("2024-09-10", "Ports", "Shadow Minister for Ports [Ilse Marran] said that docks were closed."),
        ),
        "Gregor Bain",
    ),
    Case(
        "many",
        "Who is the chief constable?",
        (
            Said("2023-05-01", "Patrols", "The chief constable, [Jane Roe], praised officers in Marl."),
            Said("2024-05-10", "Patrols", "The chief constable, [Omar Field], praised officers in Tarn."),
        ),
        None,
    ),
    Case(
        "met the minister",
        "Who is the Minister for Ports?",
        (
            PORTS,
            Said("2024-09-10", "Ports", "[Ilse Marran] met Minister for Ports Gregor Bain on the quay."),
        ),
        "Gregor Bain",
    ),
    Case(
        "what happened twice",
        "Where did the minister open a school?",
        (
            Said("2024-01-06", "School", "The minister opened a school in [Elmstead]."),
            Said("2024-04-06", "School", "The minister opened a school in [Holmby]."),
        ),
        None,
    ),
    Case(
        "the same again",
        "Who is the Minister for Ports?",
        (
            PORTS,
            Said("2024-09-10", "Ports", "The Minister for Ports, [Mr Bain], opened a dock."),
        ),
        "Bain",
    ),
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(SHIPPED, Path("no-folder-is-needed"), threads=1)


def hits_of(case: Case, hit: MakeHit) -> list[Hit]:
    return [
        hit(number, said.body, title=said.title, published=date.fromisoformat(said.day))
        for number, said in enumerate(case.releases)
    ]


def candidates_of(case: Case, hits: list[Hit], first: int = 0) -> list[Candidate]:
    """Return the marked words of each release as candidates; those of the release numbered ``first`` are the best."""
    found = []
    for number, (said, hit) in enumerate(zip(case.releases, hits, strict=True)):
        score = 10.0 if number == first else 9.0 - number
        found.append(Candidate(hit, said.span, 0.9, score, score, score))
    return sorted(found, key=lambda each: -each.score)


def timeline_of(case: Case, candidates: list[Candidate]) -> FactTimeline | None:
    anchor = anchor_of(understand(case.question), candidates)
    return fact_timeline(anchor, candidates, LIMITS) if anchor is not None else None


def check(case: Case, line: FactTimeline | None) -> None:
    assert line is not None
    points = fact_points(line)
    assert " ".join(point.relation for point in points) == case.relations
    assert case.answer is None or case.answer in line.answer.span.of(line.answer.release.body)
    assert [point.published for point in points] == sorted((point.published for point in points), reverse=True)
    for point in points:
        (body,) = (each.release.body for each in line.statements if each.release.id == point.citation.release_id)
        assert point.value is None
        assert point.text in body
        assert point.text == point.citation.quote[
            point.citation.answer_start - point.citation.start : point.citation.answer_end - point.citation.start
        ]  # fmt: skip


@pytest.mark.parametrize("first", [0, 1], ids=["the earlier is best", "the later is best"])
@pytest.mark.parametrize("case", CHANGED, ids=lambda case: case.name)
def test_the_latest_statement_answers_and_the_earlier_is_superseded(case: Case, first: int, hit: MakeHit) -> None:
    check(case, timeline_of(case, candidates_of(case, hits_of(case, hit), first)))


@pytest.mark.parametrize("first", [0, 1], ids=["the earlier is best", "the later is best"])
@pytest.mark.parametrize("case", ALIKE, ids=lambda case: case.name)
def test_what_only_looks_alike_is_no_timeline(case: Case, first: int, hit: MakeHit) -> None:
    assert timeline_of(case, candidates_of(case, hits_of(case, hit), first)) is None


DOUBTS = pytest.mark.xfail(strict=True, reason="the reader doubts that a body that has taken a thing over runs it")


@pytest.mark.model
@pytest.mark.skipif(not SHIPPED_FOLDER.is_dir(), reason="the weights are not in this working tree")
@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name, marks=[DOUBTS] if case.name == "taken over" else []) for case in CHANGED],
)
def test_the_shipped_reader_finds_what_changed(case: Case, hit: MakeHit, ask: Ask, reader: Reader) -> None:
    check(case, timeline_of(case, ask(reader, case.question, hits_of(case, hit))))


@pytest.mark.model
@pytest.mark.skipif(not SHIPPED_FOLDER.is_dir(), reason="the weights are not in this working tree")
@pytest.mark.parametrize("case", ALIKE, ids=lambda case: case.name)
def test_the_shipped_reader_merges_no_two_things(case: Case, hit: MakeHit, ask: Ask, reader: Reader) -> None:
    candidates = ask(reader, case.question, hits_of(case, hit))
    assert timeline_of(case, candidates) is None


@pytest.mark.model
@pytest.mark.skipif(not SHIPPED_FOLDER.is_dir(), reason="the weights are not in this working tree")
@pytest.mark.parametrize(
    "case",
    [case for case in ALIKE if case.answer is not None],
    ids=lambda case: case.name,
)
def test_of_two_things_the_shipped_reader_takes_the_one_asked_for(
    case: Case, hit: MakeHit, ask: Ask, reader: Reader
) -> None:
    best = ask(reader, case.question, hits_of(case, hit))[0]
    assert case.answer is not None
    assert case.answer in best.span.of(best.hit.passage.release.body)


def test_of_three_statements_each_earlier_one_is_superseded_and_one_restated_is_the_same(hit: MakeHit) -> None:
    case = Case("three", "Who is the Registrar of Pilots?", (
        *PILOT, Said("2024-12-01", "Pilots", "The Registrar of Pilots, [Ms Marran], opened a school."),
    ), "Ms Marran", "latest same earlier")  # fmt: skip
    line = timeline_of(case, candidates_of(case, hits_of(case, hit)))
    check(case, line)
    assert line is not None
    assert [each.release.id for each in same_words(line)] == ["r2", "r1"]


def test_who_comes_back_was_never_succeeded(hit: MakeHit) -> None:
    """Two who hold like posts at one time are no succession."""
    back = Said("2025-02-01", "Pilots", "The Registrar of Pilots, [Tom Garrick], opened a school.")
    case = Case("back", "Who is the Registrar of Pilots?", (*PILOT, back), "")
    assert timeline_of(case, candidates_of(case, hits_of(case, hit))) is None


def test_what_the_sentence_itself_says_is_over_is_no_answer(hit: MakeHit) -> None:
    body = "Ilse Marran has succeeded Tom Garrick as Registrar of Pilots."
    (only,) = [hit(1, body, published=date(2024, 11, 1))]
    names = [Span(body.index(name), body.index(name) + len(name)) for name in ("Tom Garrick", "Ilse Marran")]
    candidates = [Candidate(only, span, 0.9, 9.0 - at, 9.0 - at) for at, span in enumerate(names)]
    anchor = anchor_of(understand("Who is the Registrar of Pilots?"), candidates)
    assert anchor is not None
    line = fact_timeline(anchor, candidates, LIMITS)
    assert line is not None
    assert line.answer.span.of(body) == "Ilse Marran"
    assert fact_points(line) == ()
    before = anchor_of(understand("Whom did Ilse Marran succeed as Registrar of Pilots?"), candidates)
    assert before is None or fact_timeline(before, candidates, LIMITS) is None


def sureness(case: Case, hit: MakeHit) -> float:
    """Return how sure the best candidate is, where each by itself is believed by 0.3."""
    found = [replace(each, confidence=0.3) for each in candidates_of(case, hits_of(case, hit))]
    return as_sure_as_both(understand(case.question), found, LIMITS)[0].confidence


def test_what_changed_and_what_it_was_are_no_rivals(hit: MakeHit) -> None:
    extended, no_cue = (next(each for each in CHANGED if each.name == name) for name in ("extended", "no cue"))
    assert sureness(extended, hit) == pytest.approx(0.6)
    assert sureness(no_cue, hit) == 0.3  # nothing says that it changed: one of them may be of another weir
    assert all(sureness(case, hit) == 0.3 for case in ALIKE)
    asks_what_was = replace(extended, question="When did the survey on late library opening close?")
    assert sureness(asks_what_was, hit) == 0.3


def test_who_took_over_is_as_sure_as_whoever_the_sentence_names(hit: MakeHit) -> None:
    body = "Ilse Marran has taken over as chair from Tom Garrick. Una Bell chairs another board."
    (only,) = [hit(1, body, published=date(2024, 11, 1))]
    names = [
        Span(body.index(name), body.index(name) + len(name)) for name in ("Ilse Marran", "Tom Garrick", "Una Bell")
    ]
    candidates = [Candidate(only, span, 0.3, 9.0 - at, 9.0 - at) for at, span in enumerate(names)]
    (best, *_) = as_sure_as_both(understand("Who is the chair of the inquiry?"), candidates, LIMITS)
    assert best.confidence == pytest.approx(0.6)


def test_words_that_score_too_low_change_nothing(hit: MakeHit) -> None:
    case = next(each for each in CHANGED if each.name == "no cue")
    best, other = candidates_of(case, hits_of(case, hit))
    low = Candidate(other.hit, other.span, 0.1, -1.0, -1.0)
    assert timeline_of(case, [best, low]) is None
