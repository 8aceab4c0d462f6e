from datetime import date

import pytest

from index.sources.wire import headline, part
from index.sources.wire_head import dateline
from index.sources.wire_lines import issued, statements

TEXT = "A grant will mend nine piers before the summer, the Coast Office said.\n\nWork begins in Pellport."


@pytest.mark.parametrize(
    ("before", "day", "issuer"),
    [
        ("FOR IMMEDIATE RELEASE: July 4, 2024\n\nContact: Jo Quay, (555) 555-0170", date(2024, 7, 4), None),
        (
            "For Immediate Release: July 4, 2024\nPublished By: Office of the Mayor",
            date(2024, 7, 4),
            "Office of the Mayor",
        ),
        ("NEWS RELEASE\n\nEmbargoed until 00:01 Friday 5 July 2024", date(2024, 7, 5), None),
        ("Press release no. 12/2024\n\nPublished 4 July 2024\n\nLast updated 9 July 2025", date(2024, 7, 4), None),
        ("From: Coast Office and The Rt Hon Ada Pell MP\n\nPublished:\n\n", None, "Coast Office"),
        ("PRESS RELEASE\n\nNine piers to be mended\n\nThursday 4 July 2024", None, None),
        ("", None, None),
    ],
)
def test_the_lines_before_a_text_say_when_and_by_whom(before: str, day: date | None, issuer: str | None) -> None:
    wire = part(f"{before}\n\n{TEXT}" if before else TEXT, "Nine piers to be mended")
    assert wire.body == TEXT
    assert (wire.day, wire.issuer) == (day, issuer)


def test_a_day_on_its_own_line_is_kept_apart_from_one_with_a_label() -> None:
    wire = part(f"Nine piers to be mended\n\nThursday 4 July 2024\n\n{TEXT}", "Nine piers to be mended")
    assert (wire.day, wire.alone) == (None, date(2024, 7, 4))


@pytest.mark.parametrize(
    ("after", "contacts"),
    [
        ("###", ""),
        (
            "# # #\n\nMedia Contact: Jo Quay\njo.quay@coast.test\n(555) 555-0170",
            "Media Contact: Jo Quay\njo.quay@coast.test",
        ),
        ("-30-\n\nThe office cares for the coast.", "The office cares for the coast."),
        ("ENDS\n\nPress office 020 7946 0018", "Press office 020 7946 0018"),
        ("Media enquiries\n\nJo Quay\n\n020 7946 0018", "Media enquiries\nJo Quay\n020 7946 0018"),
        ("Share this page\n\nPrint\n\nNext Article", ""),
    ],
)
def test_what_stands_after_a_text_is_for_editors(after: str, contacts: str) -> None:
    wire = part(f"{TEXT}\n\n{after}")
    assert wire.body == TEXT
    assert wire.contacts.startswith(contacts)


CALLED = "Press contacts\n\nJo Quay\n\nPress officer\n\n020 7946 0018"


@pytest.mark.parametrize(
    "after",
    [
        f"{CALLED}\n\nIf you are not a journalist, please send your question by e-mail.\n\nLast review: 9 July 2024",
        f"{CALLED}\n\nSearch for more by these words: piers | coasts | towns | harbours | grants",
        "More stories\n\nFerry to run every hour\n\nCoast Office, 1 Quay Road, Pellport",
        "English (43.2 kB - PDF)\n\nDownload",
        "You have received this e-mail because you asked to be told.\n\nManage Preferences | Unsubscribe | Help",
        "Related news\n\n• Ferry to run every hour\n• Harbour opens",
    ],
)
def test_what_a_page_shows_below_a_text_is_no_part_of_it(after: str) -> None:
    assert part(f"{TEXT}\n\n{after}").body == TEXT


def test_a_mark_of_the_end_may_have_the_day() -> None:
    wire = part(f"Piers\n{'*' * 40}\n{TEXT}\n\nEnds/Thursday, July 4, 2024\n\nIssued at HKT 12:30\n\nNNNN", "Piers")
    assert (wire.body, wire.signed[1]) == (TEXT, date(2024, 7, 4))


def test_stars_end_a_text_above_a_few_words_and_part_it_above_sentences() -> None:
    assert part(f"{TEXT}\n\n***\n\nDS/SKS\n\n(Release ID: 2014512) Visitor Counter : 1204").body == TEXT
    assert part(f"{TEXT}\n\n***\n\nA second grant is planned.").body.endswith("planned.")


@pytest.mark.parametrize(
    "after",
    [
        "Contacts\n\nJo Quay, 020 7946 0018\n\nThe consultation ends on Friday, 12 September 2024.",
        "Contact information\n\nJo Quay, 020 7946 0018\n\nOpen house\n\nSaturday, 9 to 11 a.m.",
        "More news about the nine piers is expected in May.",
        "Annex A: costs of the nine piers (0.2MB)",
        "Related figures\n\n• 12 piers\n• 40 ferries",
    ],
)
def test_facts_below_a_text_stay_whatever_stands_above_them(after: str) -> None:
    assert after.rpartition("\n")[2] in part(f"{TEXT}\n\n{after}").body


def test_notes_end_the_text_however_long_they_are() -> None:
    notes = "\n".join(
        f"{number}. A survey found {number} closed piers in the towns of the coast." for number in range(9)
    )
    assert part(f"{TEXT}\n\n-Ends-\n\nNotes to editors\n\n{notes}").body == f"{TEXT}\n\nNotes to editors\n\n{notes}"


def test_numbered_notes_after_the_end_need_no_heading() -> None:
    wire = part(f"{TEXT}\n\nENDS\n\n1. A survey found 14 closed piers.\n2. For pictures call 020 7946 0018.")
    assert wire.body == f"{TEXT}\n\n1. A survey found 14 closed piers."
    assert "0018" in wire.contacts


def test_the_sender_of_a_message_is_its_publisher_only_as_an_office() -> None:
    assert part(f"From: Coast Office <press@coast.test>\n\n{TEXT}").issuer == "Coast Office"
    assert part(f'From: "Quay, Jo" <jo@coast.test>\n\n{TEXT}').issuer is None


def test_notes_to_editors_and_sentences_with_a_number_to_call_stay() -> None:
    notes = f"{TEXT}\n\nNotes to editors\n\n1. A survey found 14 closed piers."
    assert part(f"{TEXT}\n\nENDS\n\nNotes to editors\n\n1. A survey found 14 closed piers.").body == notes
    called = f"{TEXT}\n\nOwners may apply by calling (555) 555-0170 or writing to their council before October."
    assert part(called).body == called


def test_a_text_that_is_all_lines_for_editors_is_not_emptied() -> None:
    assert part("Contact: Jo Quay\n\n###").body == "Contact: Jo Quay\n\n###"


def test_the_block_below_a_text_says_by_whom_it_was_issued() -> None:
    assert part(f"{TEXT}\n\nISSUED BY THE MINISTRY OF COASTS\n\n19 JANUARY 2024").signed == (
        "Ministry of Coasts",
        date(2024, 1, 19),
    )


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("LEEDS, 4 July 2024 – ", date(2024, 7, 4)),
        ("July 4, 2024 (SAINT PAUL) — ", date(2024, 7, 4)),
        ("(Springfield, July 4, 2024) – ", date(2024, 7, 4)),
        ("Washington, DC [7/14/24] – ", date(2024, 7, 14)),
        ("From 4 July 2024, ", None),
        ("(Springfield) - Starting Saturday, July 6, 2024, at 1:00 p.m., ", None),
    ],
)
def test_a_dateline_is_told_from_a_day_that_the_text_is_about(line: str, day: date | None) -> None:
    assert dateline(line + TEXT, month_first=True) == day


def test_a_sentence_may_say_by_whom_and_when_it_was_issued() -> None:
    assert issued("The press release issued by the Home Office on 4 July 2025.") == ("Home Office", date(2025, 7, 4))
    assert issued("It was issued on 4 July 2025.") is None


def test_amounts_after_an_end_mark_are_facts() -> None:
    text = ["The fund pays for three projects, the member said, and each of them will be begun in this year.", "###"]
    text += ["North: a new school; $475,000", "South: a new bridge; $190,000", "Contact: Jo Quay, (555) 555-0170"]
    wire = part("\n\n".join(text))
    assert wire.body == "\n\n".join([text[0], *text[2:4]])
    assert wire.contacts == text[4]
    blurb = ["About the fund: it was begun in 1990.", "It has given $3 million to schools."]
    assert part("\n\n".join([*text[:2], *blurb])).body == text[0]


def test_a_headline_that_names_an_office_is_no_letterhead() -> None:
    title = "Governor Opens New Bridge"
    lines = ["FOR IMMEDIATE RELEASE", "March 5, 2025", title, "SPRINGFIELD - The bridge cost $12 million."]
    assert part("\n\n".join(lines), title).letterhead is None
    assert part("\n\n".join(["Office of the Governor", *lines]), title).letterhead == "Office of the Governor"


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("From: Coast Office Published: 4 July 2024 Last updated: 9 July 2024", 3),
        ("Published 4 July 2024 | Updated 9 July 2024", 2),
        ("The report published 4 July 2024 names nine piers.", 1),
        ("Date published: 4 July 2024", 1),
    ],
)
def test_a_line_with_several_labels_is_several_statements(line: str, count: int) -> None:
    assert len(statements(line)) == count


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ("COAST OFFICE\n\nNine piers to be mended", "Nine piers to be mended"),
        (
            "Office of the Governor\nContact: Jo Quay, 555-555-0170\n\nGOVERNOR SIGNS PIER BILL",
            "GOVERNOR SIGNS PIER BILL",
        ),
        ("Coast Office Mends Nine Piers\n\nWork begins in Pellport", "Coast Office Mends Nine Piers"),
        ("Department of Piers Opens One\n\nWork at the Department of Piers", "Department of Piers Opens One"),
        ("Department of Piers Opens One", "Department of Piers Opens One"),
    ],
)
def test_a_letterhead_is_no_headline(above: str, title: str) -> None:
    text = f"NEWS RELEASE\n\n{above}\n\nPELLPORT, July 4, 2024 -- {TEXT}"
    assert headline(text) == title


def test_a_source_below_the_text_is_its_publisher_and_no_text() -> None:
    wire = part(f"{TEXT}\n\nSOURCE Harbour Agency\n\nCONTACT: Jo Quay, +1-555-555-0170")
    assert (wire.body, wire.source, wire.contacts) == (TEXT, "Harbour Agency", "CONTACT: Jo Quay, +1-555-555-0170")
    of_table = f"| Piers | 9 |\n\nSOURCE Harbour Agency\n\n{TEXT}, and many more words than a line for editors has."
    assert part(of_table).body == of_table


@pytest.mark.parametrize(
    "line",
    [
        "Updated figures show that 3,000 people moved.",
        "Updated: the pier costs £9 million.",
        "Reviewed plans put the cost at £9m.",
        "No one was hurt.",
        "Back to school grants open in August.",
        "Related costs are £9m.",
        "Issues: 41 were solved.",
        "Sign up for the grant by 3 June to get £200.",
        "Sign up to our scheme by 3 June to get £200.",
        "News for publication teams: 40 jobs.",
        "Embargoed goods worth £40m were seized at the port.",
        "Published today, the plan runs from 1 May 2025 for a year.",
        "Email: nine in ten of all who wrote to us wrote by email last year.",
        "Source: the survey of piers, n=900",
    ],
)
def test_sentences_that_begin_like_a_label_stay(line: str) -> None:
    for text in (f"{line}\n\n{TEXT}", f"{TEXT}\n\n{line}"):
        wire = part(text)
        assert wire.body == text
        assert (wire.day, wire.issuer) == (None, None)


@pytest.mark.parametrize(
    "line",
    [
        "Last updated 9 July 2025",
        "Updated March 6, 2024 at 5 pm",
        "Page last updated: 3 days ago",
        "Updated:",
        "No. 12 of 2025",
        "Release number: PR 24-251",
        "Ref: CO/2025/12",
        "#12",
        "Sign up to our newsletter to hear from us.",
        "Follow us on every network.",
        "Copyright 2025 Coast Office. All rights reserved.",
        "Embargoed until midnight on Tuesday.",
    ],
)
def test_labels_are_no_text(line: str) -> None:
    assert part(f"{line}\n\n{TEXT}").body == TEXT


def test_the_line_that_releases_a_text_is_no_publisher() -> None:
    wire = part(f"{TEXT}\n\n###\n\nFOR IMMEDIATE RELEASE March 4, 2025\n\nAnother one\n\n{TEXT}\n\n{TEXT}")
    assert wire.signed == (None, None)


def test_a_text_above_a_row_of_days_is_no_second_headline() -> None:
    text = f"{TEXT}\n\nPellport 12 June 2024\nNess 4 May 2024"
    assert part(text, "Nine piers to be mended").body == text


def test_lines_after_a_contact_that_tell_the_day_are_no_contact() -> None:
    wire = part(f"Contact:\nJo Quay\nFOR IMMEDIATE RELEASE: July 4, 2024\n\n{TEXT}")
    assert (wire.day, wire.body) == (date(2024, 7, 4), TEXT)
