"""A citation as people paste it: plain text, Markdown, BibTeX."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from index.text.dates import long_date
from qa.types import Citation
from qa.wording import one_line

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~#])")
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CitationText:
    """A citation in one form, with the name that the page gives the form and a key for its element's id."""

    key: str
    name: str
    text: str


def citation_texts(citation: Citation, url: str | None, accessed: date) -> tuple[CitationText, ...]:
    """Return a citation in each form; ``url`` is the address to name, None to name none, read on ``accessed``."""
    return (
        CitationText("plain", "Plain text", plain(citation, url, accessed)),
        CitationText("markdown", "Markdown", markdown(citation, url, accessed)),
        CitationText("bibtex", "BibTeX", bibtex(citation, url, accessed)),
    )


def plain(citation: Citation, url: str | None, accessed: date) -> str:
    """Return the quote and its source in a sentence."""
    where = f", {url} (accessed {long_date(accessed)})" if url else ""
    source = f"{citation.publisher}, “{one_line(citation.title)}”, {_days(citation)}{where}"
    return f"“{one_line(citation.quote)}” {source}"


def markdown(citation: Citation, url: str | None, accessed: date) -> str:
    """Return the quote as a Markdown block quotation, and its source as a link."""
    quote = "\n".join(f"> {_in_markdown(line)}" for line in citation.quote.split("\n"))
    title = _in_markdown(one_line(citation.title))
    link = f"[{title}](<{_in_link(url)}>)" if url else title
    read = f", accessed {long_date(accessed)}" if url else ""
    return f"{quote}\n>\n> {_in_markdown(citation.publisher)}, {link}, {_days(citation)}{read}"


def bibtex(citation: Citation, url: str | None, accessed: date) -> str:
    """Return a BibTeX entry of the release, with the quote as its note."""
    words = re.findall(r"[a-z0-9]+", f"{citation.publisher} {citation.title}".lower())
    key = f"{words[0] if words else 'release'}{citation.published:%Y%m%d}{citation.sha256[:6]}"
    fields = {
        "author": f"{{{_in_bibtex(citation.publisher)}}}",
        "title": _in_bibtex(one_line(citation.title)),
        "year": str(citation.published.year),
        "date": citation.published.isoformat(),
        **({"url": _in_url(url), "urldate": accessed.isoformat()} if url else {}),
        "note": f"Press release{_withdrawn(citation)}: ``{_in_bibtex(one_line(citation.quote))}''",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}}}"


def _days(citation: Citation) -> str:
    return f"{long_date(citation.published)}{_withdrawn(citation)}"


def _withdrawn(citation: Citation) -> str:
    return f" (withdrawn on {long_date(citation.withdrawn)})" if citation.withdrawn else ""


def _in_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _in_link(url: str) -> str:
    # What would end the link's address, and begin Markdown or HTML of the release's own.
    return re.sub(r"[<>\\\s]", lambda found: quote(found[0]), url)


def _in_bibtex(text: str) -> str:
    return "".join(_BIBTEX.get(c, c) for c in text)


def _in_url(url: str) -> str:
    # Braces would end the field; a percent sign is plain text in a field of this name.
    return url.replace("{", "%7B").replace("}", "%7D")
