"""True sentences: each says less than what it cites, or the same in another form."""

import random
import re
from typing import Final

from eval.sets.written.sentences import BACK, Make, Prompted, Stated, cite, in_words


def _copied(_: random.Random, __: Prompted, said: Stated) -> str | None:
    return cite(said.text, said.passage, said.text)


def _stop_after(_: random.Random, __: Prompted, said: Stated) -> str | None:
    return cite(said.text.rstrip("."), said.passage, said.text) + "."


_TAIL = re.compile(r", (?:up|a rise|\d+% more)\b.*$")


def _cut_short(_: random.Random, __: Prompted, said: Stated) -> str | None:
    cut = _TAIL.sub("", said.text)
    return (
        cite(f"{cut}.", said.passage, said.text)
        if cut != said.text and "," not in cut and len(cut.split()) > 4
        else None
    )


def _part_quoted(_: random.Random, __: Prompted, said: Stated) -> str | None:
    cut = _TAIL.sub("", said.text)
    return cite(f"{cut}.", said.passage, cut) if cut != said.text and "," not in cut and len(cut.split()) > 4 else None


_APPOSITION = re.compile(r"(?<=[a-z]), the [^,;:()]+, (?=(?:said|thanked|pointed|went|promised)\b)")
_ABBREVIATION = re.compile(r" \([A-Z]{2,}\)")


def _left_out(pattern: re.Pattern[str], by: str) -> Make:
    def leave_out(_: random.Random, __: Prompted, said: Stated) -> str | None:
        text = pattern.sub(by, said.text, count=1)
        return cite(text, said.passage, said.text) if text != said.text else None

    return leave_out


def _numbers_rewritten(chance: random.Random, _: Prompted, said: Stated) -> str | None:
    text = re.sub(r"(£[\d.]+) (b|m)illion", r"\1\2n", said.text)
    text = re.sub(r"(\d)%", r"\1 per cent", text)
    if chance.random() < 0.5:
        text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    small = re.compile(r"(?<![\d£,.\w])(\d{1,2})(?= (?:years|months|substances|officers|people|employers|forces)\b)")
    text = small.sub(lambda found: in_words(int(found[1])), text)
    return cite(text, said.passage, said.text) if text != said.text else None


def _typed_plainly(_: random.Random, __: Prompted, said: Stated) -> str | None:
    text = said.text.translate(str.maketrans("’‘“”", "''\"\""))
    return cite(text, said.passage, text) if text != said.text else None


def _attributed(chance: random.Random, prompt: Prompted, said: Stated) -> str | None:
    publisher = prompt.passages[said.passage - 1][0].publisher
    first = said.text.split()[0]
    rest = first.lower() + said.text[len(first) :] if first in ("The", "A", "In", "On", "Since") else said.text
    opening = chance.choice([f"According to the {publisher}, ", f"The {publisher} said that "])
    return cite(opening + rest, said.passage, said.text)


def _listed(chance: random.Random, _: Prompted, said: Stated) -> str | None:
    head, _space, tail = said.text.partition(" ")
    text = chance.choice([f"- {said.text}", f"2. {said.text}", f"**{said.text}**", f"**{head}** {tail}"])
    return cite(text, said.passage, said.text)


def _cited_twice(chance: random.Random, prompt: Prompted, said: Stated) -> str | None:
    other = chance.choice(prompt.sentences)
    return f'{cite(said.text, said.passage, said.text)} [{other.passage}: "{other.text}"]'


def _broken_lines(chance: random.Random, _: Prompted, said: Stated) -> str | None:
    words = said.text.split(" ")
    at = chance.randrange(1, len(words))
    return cite(said.text, said.passage, "\n".join([" ".join(words[:at]), " ".join(words[at:])]))


def _wider_quote(_: random.Random, prompt: Prompted, said: Stated) -> str | None:
    following = [each for each in prompt.sentences if each.passage == said.passage]
    at = following.index(said)
    if at + 1 == len(following):
        return None
    both = f"{said.text} {following[at + 1].text}"
    return cite(said.text, said.passage, both) if both in prompt.passages[said.passage - 1][1] else None


def _continued(_: random.Random, prompt: Prompted, said: Stated) -> str | None:
    """A sentence that says "it", after the one that says what is meant."""
    after = [each for each in prompt.sentences if each.passage == said.passage]
    at = after.index(said) + 1
    follows = at < len(after) and f"{said.text} {after[at].text}" in prompt.passages[said.passage - 1][1]
    if not follows or not BACK.match(after[at].text):
        return None
    return f"{cite(said.text, said.passage, said.text)}\n{cite(after[at].text, said.passage, after[at].text)}"


TRUE: Final[dict[str, Make]] = {
    "copied": _copied,
    "stop after the citation": _stop_after,
    "cut short": _cut_short,
    "cut short, part quoted": _part_quoted,
    "apposition left out": _left_out(_APPOSITION, " "),
    "abbreviation left out": _left_out(_ABBREVIATION, ""),
    "numbers rewritten": _numbers_rewritten,
    "typed plainly": _typed_plainly,
    "attributed": _attributed,
    "listed or bold": _listed,
    "cited twice": _cited_twice,
    "quote over lines": _broken_lines,
    "wider quote": _wider_quote,
    "continued": _continued,
}
"""Kind of a true sentence -> how it is made."""
