"""Where the sentences of a release's body begin and end.

nupunkt (Punkt; Kiss and Strunk 2006, "Unsupervised Multilingual Sentence Boundary Detection") proposes the
boundaries. Its model was trained on legal text, which leaves a few systematic mistakes in press releases; the rules in
`_ends` undo them. Each rule is about a kind of token, not about one text.
"""

import re

from index.types import Span

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
# A place where a sentence could end: stops, what closes with them (quotes, brackets, emphasis, a footnote
# mark), then white space, or a capital glued to a closing quotation mark.
_STOP = re.compile(
    r"(?<![.!?…])(?P<stops>[.!?…]++)(?:[\"'”’»)\]*_]|\[\d{1,3}\])*+(?:\s++|(?<=[”’])(?=[^\W\d_a-z]))"
)
_OPENERS = "\"'“‘«([*_"
# A run this long without a space is no prose; nupunkt is quadratic in some of them.
_LONG_RUN = re.compile(r"\S{300,}")

_NAME_PREFIXES = frozenset(
    "mr mrs ms mx dr prof hon rt rev revd ven fr st mt md messrs mme lt cdr cmdr col maj gen brig capt cpl sgt "
    "ssgt adm sqn ldr flt wg gp gov sen rep supt insp".split()
)
_ABBREVIATIONS = _NAME_PREFIXES | frozenset(
    "no nos vol vols pp ed eds fig figs para paras ch sec reg regs al etc vs cf viz approx est ext tel dept govt "
    "ltd inc co corp plc bros ave rd jr sr sc phil jan feb mar apr jun jul aug sep sept oct nov dec mon tue "
    "tues wed thu thur thurs fri sat sun".split()
)
# "Annex A.", "hepatitis C.": after these nouns a capital and a full stop are a label, not somebody's initial.
_LABEL = re.compile(
    r"\b(?:annex|appendix|article|band|block|category|chapter|class|figure|grade|group|hepatitis|influenza|level|lot"
    r"|option|part|phase|pillar|plan|schedule|section|stage|step|strand|strep|table|tier|type|vitamin|war|zone)"
    r"\s[A-Z]$",
    re.IGNORECASE,
)
_ORDINARY_WORD = re.compile(r"(?<![\w.&/@#])(?:[^\W\d_]+[-’'])*(?P<word>[^\W\d_]{2,})$")
_LAST_WORD = re.compile(r"(?<!\w)[^\W\d_]+$")
_ENUMERATOR = re.compile(r"(?:[•◦▪·*–-]\s*)?\(?(?:\d{1,3}|[A-Za-z]|[ivxlc]{2,5})\)?[.)]")
_WORD_CHARACTER = re.compile(r"[^\W_]")


def sentences(body: str) -> list[Span]:
    """Return the sentences of ``body`` in order, as code-point spans without white space at their ends.

    A line break always ends a sentence, so each list item and each paragraph is cut by itself. The spans are disjoint
    and cover every character that is not white space.
    """
    spans: list[Span] = []
    for line in _LINE.finditer(body):
        edges = [0, *_boundaries(line.group()), len(line.group())]
        for start, end in zip(edges, edges[1:], strict=False):
            text = line.group()[start:end]
            if stripped := text.strip():
                first = line.start() + start + text.index(stripped[0])
                spans.append(Span(first, first + len(stripped)))
    return spans


def _boundaries(line: str) -> list[int]:
    """Return the offsets inside ``line`` at which a new sentence starts."""
    from nupunkt import sentence_spans  # noqa: PLC0415  (only ingest needs it, and a question must start fast)

    plain = _LONG_RUN.sub(lambda run: "x" * (len(run.group()) - 1) + run.group()[-1], line)
    proposed = iter([end for _, end in sentence_spans(plain)][:-1])
    proposal = next(proposed, None)
    found: list[int] = []
    start = since = 0
    has_words = False
    for stop in _STOP.finditer(line):
        while proposal is not None and proposal <= stop.start():
            proposal = next(proposed, None)
        if stop.end() == len(line):
            break
        has_words = has_words or bool(_WORD_CHARACTER.search(line, since, stop.start()))
        since = stop.end()
        is_proposed = proposal is not None and proposal <= stop.end()
        if has_words and _ends(line, start, stop, is_proposed):
            found.append(stop.end())
            start, has_words = stop.end(), False
    if found and not _WORD_CHARACTER.search(line, found[-1]):
        found.pop()  # a stray mark is no sentence
    return found


def _ends(line: str, start: int, stop: re.Match[str], is_proposed: bool) -> bool:
    """Decide whether the sentence that began at ``start`` ends at ``stop``, given what nupunkt proposes."""
    before = line[max(start, stop.start() - 80) : stop.start()]
    after = line[stop.end() : stop.end() + 40].lstrip(_OPENERS)
    if stop.end() - start < 12 and _ENUMERATOR.fullmatch(line[start : stop.end()].strip()):
        return False
    follower = after.split(maxsplit=1)[0] if after.strip() else ""
    if follower[:1].islower() and follower.strip(".,;:!?’”").islower():
        return False  # "£1.2bn. was", "Yahoo! in"; but "iPhone" may start a sentence
    if stop["stops"] != ".":
        return is_proposed
    last = _LAST_WORD.search(before)
    if last and last.group().lower() in _NAME_PREFIXES:
        return False
    if not is_proposed and follower[:1].isupper():
        word = _ORDINARY_WORD.search(before)
        return bool(_LABEL.search(before)) or bool(word and word["word"].lower() not in _ABBREVIATIONS)
    return is_proposed
