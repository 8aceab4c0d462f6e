"""Abbreviations whose full stop ends no sentence, and names that end in "!" or "?".

They are those of British public texts: collected from 601 GOV.UK releases, and completed with what such texts use.
Whether a stop ends the sentence depends on what comes next: "Insp. Fox" goes on, "met the Insp. The next day" does not.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Follows = Literal["anything", "name", "number"]
"""What has to come next for the sentence to go on: anything; a capital that begins no sentence; or a digit."""


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Abbreviations of one kind, without their full stops.

    ``example`` is one sentence with one of them inside. ``capital`` says that a small letter makes another word of
    them: "Mar." is a month, "to mar." is not. None counts in capitals: "see your GP. You should" are two sentences.
    """

    name: str
    follows: Follows
    words: str
    example: str
    capital: bool = False


ABBREVIATIONS: Final = (
    Abbreviations(
        "form of address",
        "anything",
        "mr mrs ms mx dr prof hon rt rev revd messrs mme cllr cllrs",
        "They met Cllr. Ann Poole in Ardley.",
    ),
    Abbreviations("Latin", "anything", "viz cf vs incl excl eg ie", "All fees excl. VAT are shown."),
    Abbreviations(
        "rank",
        "name",
        "insp supt sgt ssgt lt lieut cdr cmdr cdre cmdre maj brig capt cpt cpl lcpl sqn ldr flt wg asst commr",
        "They met Insp. Ann Poole in Ardley.",
    ),
    Abbreviations(
        "title",
        "name",
        "amb ch con const det dep gen col adm gov sen rep pres sec ven fr canon bp archbp st mt ft md gp comr atty surg"
        " treas chmn",
        "They met Amb. Ann Poole in Ardley.",
        capital=True,
    ),
    Abbreviations(
        "place",
        "name",
        "nr jct junc dept univ assn assoc cttee hosp stn govt sq",
        "The lorry stopped nr. Ardley for an hour.",
    ),
    Abbreviations(
        "county",
        "name",
        "beds berks bucks cambs glos hants herts lancs leics lincs northants northumb notts oxon salop shrops staffs"
        " wilts worcs yorks",
        "They play at the Notts. County ground.",
        capital=True,
    ),
    Abbreviations(
        "reference",
        "number",
        "no nos jct jcts junc para paras fig figs vol vols pp p reg regs tel ext ref refs approx ca rm flr bldg cmnd",
        "The lorry left at jct. 7 of the road.",
    ),
    Abbreviations(
        "reference with a capital",
        "number",
        "art arts sec sect app sch ch cl pt pts cap cm ed edn est pop temp alt max min ser box",
        "The duty is in Pt. 3 of the Act.",
        capital=True,
    ),
    Abbreviations(
        "month or day",
        "number",
        "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed weds thu thur thurs fri sat sun",
        "The work ends on 3 Mar. 2025 at the latest.",
        capital=True,
    ),
)

_KINDS: Final = {(word, kind.follows): kind for kind in ABBREVIATIONS for word in kind.words.split()}

_RANKS_IN_CAPITALS = frozenset({"PC", "PCs", "WPC", "DC", "DS", "DI", "DCI", "PCSO"})
"""Ranks that are written in capitals, and at times with a full stop: "PC. Jones"."""

_MARKED_NAME = re.compile(r"(?<!\w)(?:Yahoo!|Which\?|Westward\sHo!|Jeopardy!|Mamma\sMia!|Oliver!|OK!)$")
"""Names that end in a mark which ends sentences elsewhere."""

_REFUSES = re.compile(r"\b(?:said|says?|saying|answer(?:ed|s)?|vot(?:ed|es?)|repl(?:ied|ies))\s[\"“‘]?no$")

_OPENERS: Final = frozenset(
    """A About After All Also Although An And Another Any As At Because Before Both But By Children Companies Councils
    Despite Drivers During Each Earlier Every Families Few Figures Firms First For Four From He Her Here His How
    However I If In Inspectors It Its Last Later Many Meanwhile Ministers Most My Nearly No None Now Of Officers
    On Once One Only Or Other Our Over Parents Passengers Patients People Police Pupils Residents Schools She
    Since So Some Staff Such That The Their Then There These They This Those Three Through Today Two Under Until
    Visitors We What When Where Which While Who With Without Workers Yesterday You Your""".split()
)
"""Words that begin a sentence where a name could stand: after "met the Insp." they show that the sentence is over."""


def ends_after_abbreviation(before: str, follower: str) -> bool | None:
    """Say whether a sentence ends between an abbreviation at the end of ``before`` and the word ``follower``.

    ``before`` has no full stop at its end. None: it ends in no abbreviation that is known, or nothing is known of it in
    such a place.
    """
    found = re.search(r"(?<![\w&/@#’'-])[^\W\d_]+$", before)
    if found is None:
        return None
    word = found.group()
    if word in _RANKS_IN_CAPITALS and follower[:1].isupper() and follower not in _OPENERS:
        return False
    if len(word) > 1 and word.isupper() and word not in {"MR", "MRS", "MS", "DR"}:
        return None
    if follower[:1].isdigit():
        if _REFUSES.search(before):
            return True
        return False if _is(word, "number") or _is(word, "anything") else None
    if _is(word, "anything"):
        return False
    if _is(word, "name") and follower[:1].isupper():
        # "The" after "St." says no more than that another sentence begins; a lone "Sgt." begins none
        return follower.strip(",;:") in _OPENERS and " " in before.strip()
    return None


def ends_after_marked_name(before: str, follower: str) -> bool | None:
    """Say whether a sentence ends after ``before``, whose end is a "!" or "?": not if that belongs to a name."""
    if _MARKED_NAME.search(before) is None or not (follower[:1].isupper() or follower[:1].isdigit()):
        return None
    return False if follower.strip(",;:") not in _OPENERS else None


def _is(word: str, follows: Follows) -> bool:
    kind = _KINDS.get((word.lower(), follows))
    return kind is not None and (not kind.capital or word[0].isupper())
