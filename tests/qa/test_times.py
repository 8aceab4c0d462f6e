"""Questions that name a time, asked of small indexes through the reader that ships with pressqa.

Each group of releases is one index. An answer of None is "not found": the release speaks of another time, or of what
has not happened. Places are made up.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.models.hashing_embedder import HASHING_MODEL
from index.types import Release
from qa.compose import open_engine
from qa.engine import Engine
from qa.reading.exports import SHIPPED, SHIPPED_FOLDER
from qa.settings import Settings

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not SHIPPED_FOLDER.is_dir(), reason="the weights are not in this working tree"),
]

STORIES = {
    "courts": [
        (
            "2024-06-12",
            "The backlog in the magistrates' courts of Wessick stood at 18,300 cases in 2022 and 15,900 cases in 2023."
            " Judges sat for 9,400 days.",
        ),
    ],
    "lorries": [
        (
            "2025-03-06",
            "Officers stopped 412 lorries at Harwick docks on Monday. On Tuesday they stopped 530, and last night 77."
            "\n\nLast week they stopped 2,950 lorries.",
        ),
    ],
    "hips": [
        (
            "2024-11-20",
            "In October 2024 surgeons in Tarnfield carried out 1,730 hip operations, up from 1,290 in the same month a"
            " year before.\n\nThe trust thanked its nurses.",
        ),
    ],
    "passports": [
        (
            "2025-01-09",
            "The Corley office issued 48,200 passports last year. In December it issued 3,150. Staff may issue 52,000"
            " passports this year.",
        ),
    ],
    "fairs": [
        (
            "2023-05-18",
            "Advisers will hold 64 job fairs across Medlock before the summer. Theresa May opened the first centre."
            "\n\nEach fair may cost £3,200.",
        ),
    ],
    "rivers": [
        ("2022-08-04", "Dame Orla Penn leads the clean rivers unit. The unit cleared 73 weirs. It won the Green Cup."),
    ],
    "cocaine": [
        (
            "2024-02-01",
            "Officers seized 8.4 tonnes of cocaine in the year to September 2023. Between April and June 2023 they"
            " seized 1.9 tonnes.",
        ),
    ],
    "boats": [("2025-02-03", "Inspectors boarded 36 boats. None of the 36 boats carried drugs.")],
    "sales": [
        (
            "2025-05-14",
            "House sales in Tarnfield fell from 7,310 in 2022 to 6,480 in 2023. So far this year 2,150 were"
            " registered.",
        ),
    ],
    "knives": [
        (
            "2025-05-14",
            "Officers took 93 knives off the streets of Dorn on Saturday. The day before they took 41. In April they"
            " took 812, compared with 640 in the same month last year.",
        ),
    ],
    "claims": [
        (
            "2025-02-04",
            "Yesterday clerks settled 88 claims at the Ebury office. Last month they settled 2,310, and last year"
            " 30,400.",
        ),
    ],
    "meters": [
        (
            "2024-03-05",
            "Engineers fitted 18,200 smart meters in Brackwell in February, and they plan to fit 21,000 in March.",
        ),
    ],
    "arrests": [
        (
            "2024-08-20",
            "Inspector April Jones said 19 people were arrested in June. Councillor Mark August thanked 27 wardens.",
        ),
    ],
    "hares": [
        (
            "2025-06-17",
            "Rangers counted 720 hares on Lundale moor this spring, against 640 a year earlier and just 88 in 2012.",
        ),
    ],
    "jabs": [
        (
            "2024-11-28",
            "Clinics in Saltby gave 5,210 flu jabs and 3,940 polio jabs in October. In November, up to the 24th, they"
            " gave 2,115 flu jabs.",
        ),
    ],
    "oaks": [
        ("2024-10-04", "Volunteers in Brockley planted 5,600 oaks."),
        ("2023-10-06", "Volunteers in Brockley planted 4,100 oaks."),
    ],
}

ASKED = [
    ("courts", "How many cases were in the backlog of the Wessick magistrates' courts in 2022?", "18,300"),
    ("courts", "How many cases were in the backlog of the Wessick magistrates' courts in 2023?", "15,900"),
    ("courts", "How many cases were in the backlog of the Wessick magistrates' courts in 2021?", None),
    ("courts", "How many cases were in the backlog of the Wessick magistrates' courts in 2024?", None),
    ("courts", "how many cases wessick magistrates backlog 2020", None),
    ("lorries", "How many lorries did officers stop on Monday 3 March 2025?", "412"),
    ("lorries", "How many lorries did officers stop on Tuesday 4 March?", "530"),
    ("lorries", "How many lorries were stopped last week?", "2,950"),
    ("lorries", "How many lorries were stopped on 2 March 2025?", None),
    ("lorries", "How many lorries were stopped in March 2024?", None),
    ("hips", "How many hip operations were carried out in Tarnfield in October 2023?", "1,290"),
    ("hips", "How many hip operations were carried out in Tarnfield in October 2024?", "1,730"),
    ("hips", "How many hip operations were carried out in Tarnfield in october 2024?", "1,730"),
    ("hips", "How many hip operations were carried out in Tarnfield in September 2024?", None),
    ("hips", "How many hip operations were carried out in Tarnfield in October 2022?", None),
    ("passports", "How many passports did the Corley office issue in 2024?", "48,200"),
    ("passports", "How many passports did the Corley office issue in December 2024?", "3,150"),
    ("passports", "How many passports did the Corley office issue in 2025?", None),
    ("passports", "How many passports did the Corley office issue in November 2024?", None),
    ("passports", "How many passports did the Corley office issue on 31 November 2024?", None),
    ("passports", "How many passports did the Corley office issue between 2024 and 2020?", None),
    ("fairs", "How many job fairs were held in Medlock?", None),
    ("fairs", "How many job fairs were held in May?", None),
    ("fairs", "How many job fairs will be held across Medlock?", "64"),
    ("fairs", "How many job fairs are planned across Medlock?", "64"),
    ("fairs", "Who opened the first centre?", "Theresa May"),
    ("rivers", "Who leads the clean rivers unit in 2022?", "Dame Orla Penn"),
    ("rivers", "How many weirs did the unit clear in August 2022?", "73"),
    ("rivers", "How many weirs did the unit clear in 2017?", None),
    ("cocaine", "How much cocaine was seized in the year ending September 2023?", "8.4 tonnes"),
    ("cocaine", "How much cocaine was seized in the second quarter of 2023?", "1.9 tonnes"),
    ("boats", "How many boats carried drugs?", "None of the 36"),
    ("cocaine", "How much cocaine was seized in July 2023?", None),
    ("sales", "How many house sales were there in Tarnfield in 2022?", "7,310"),
    ("sales", "How many house sales were there in Tarnfield in 2023?", "6,480"),
    ("sales", "How many house sales were there in Tarnfield in 2024?", None),
    ("knives", "How many knives did officers take off the streets of Dorn in April 2025?", "812"),
    ("knives", "How many knives did officers take off the streets of Dorn in April 2024?", "640"),
    ("knives", "How many knives did officers take off the streets of Dorn on 10 May 2025?", "93"),
    ("knives", "How many knives were taken off the streets of Dorn in May 2023?", None),
    ("claims", "How many claims were settled in 2024?", "30,400"),
    ("claims", "How many claims did they settle in January 2025?", "2,310"),
    ("claims", "How many claims were settled on 3 February 2025?", "88"),
    ("claims", "How many claims were settled in 2023?", None),
    ("meters", "How many smart meters were fitted in Brackwell in February?", "18,200"),
    ("meters", "How many smart meters were fitted in Brackwell in March 2024?", None),
    ("meters", "How many smart meters were fitted in Brackwell in February 2023?", None),
    ("meters", "How many smart meters do engineers plan to fit in March?", "21,000"),
    ("arrests", "How many people were arrested in June 2024?", "19"),
    ("arrests", "How many people were arrested in April 2024?", None),
    ("arrests", "How many people were arrested in August 2024?", None),
    ("arrests", "Who said that 19 people were arrested?", "April Jones"),
    ("hares", "How many hares were counted on Lundale moor in spring 2025?", "720"),
    ("hares", "How many hares were counted on Lundale moor in spring 2024?", "640"),
    ("hares", "How many hares were counted on Lundale moor in autumn 2023?", None),
    ("jabs", "How many polio jabs did clinics in Saltby give in October?", "3,940"),
    ("jabs", "How many polio jabs did clinics in Saltby give in November?", None),
    ("oaks", "How many oaks did volunteers in Brockley plant in 2023?", "4,100"),
    ("oaks", "How many oaks did volunteers in Brockley plant in 2024?", "5,600"),
    ("oaks", "How many oaks did volunteers in Brockley plant in 2019?", None),
    ("oaks", "How many oaks did volunteers in Brockley plant?", "5,600"),
]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory, new_lab: Callable[[Path], Any]) -> Iterator[dict[str, Engine]]:
    made: dict[str, Engine] = {}
    for name, releases in STORIES.items():
        lab = new_lab(tmp_path_factory.mktemp(name) / "data")
        lab.ingest(
            *(
                Release(f"{name}-{number}", f"News of {name}", body, "Home Office", date.fromisoformat(day))
                for number, (day, body) in enumerate(releases)
            )
        )
        made[name] = open_engine(Settings(data=lab.data, model=HASHING_MODEL, reader=SHIPPED, threads=1))
    yield made
    for engine in made.values():
        engine.close()


@pytest.mark.parametrize(("story", "question", "expected"), ASKED)
def test_the_answer_is_of_the_time_that_is_asked_for(
    engines: dict[str, Engine], story: str, question: str, expected: str | None
) -> None:
    assert engines[story].ask(question).answer == expected


def test_what_is_stated_for_another_time_is_shown(engines: dict[str, Engine]) -> None:
    answer = engines["hips"].ask("How many hip operations were carried out in Tarnfield in October 2022?")
    near = answer.nearest
    assert answer.answer is None
    assert answer.citation is None
    assert near is not None
    assert near.period is not None
    assert near.text in near.citation.quote
    assert (near.text, near.period.text, near.measured) == ("1,730", "In October 2024", "hip operations")
