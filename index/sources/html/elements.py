"""The elements of HTML by what they do to text: which begin lines or paragraphs, and which are no text for readers."""

LINES = frozenset({"br", "tr", "dt", "dd"})
"""The elements that begin a new line."""

BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "details", "div", "dl", "figcaption", "figure", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section"}
    | {"summary", "table", "ul"}
)
"""The elements that are paragraphs of their own."""

UNREAD = frozenset({"script", "style"})
"""The elements whose content is not text for readers."""

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Digits that are raised stay so: "4,812<sup>3</sup>" is not 48,123."""

ELEMENTS = (
    LINES
    | BLOCKS
    | UNREAD
    | frozenset(
        """a abbr acronym area audio b base bdi bdo big body button canvas caption center cite code col colgroup data
        datalist del dfn dialog em embed fieldset font frame frameset head hgroup html i iframe img input
        ins kbd label legend li link map mark math menu meta meter nobr noscript object optgroup option
        output param picture progress q rp rt ruby s samp search select slot small source span strike strong
        sub sup svg path g tbody td template textarea tfoot th thead time title track tt u var video wbr""".split()
    )
)
"""The names of all elements; anything else in angle brackets is text that somebody wrote."""
