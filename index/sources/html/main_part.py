"""The part of an unknown page that holds its text: not the menus, side columns, footers and buttons around it.

Every element is weighed by the text of its paragraphs, links counting against it. From the page, or from the element
that its author marked as the main one, the way goes down into the child that holds nearly all the weight, for as long
as there is one. Parts whose name says that they are something else weigh nothing, unless they hold most of the page.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from index.sources.html.tree import PARTED, Node, is_shown, visit

_ASIDE = (
    "sidebar|side-?bar|side-?col(?:umn)?|breadcrumbs?|crumbs|nav|navbar|navigation|menu|mega-?menu|foot|footer|masthead"
    "|site-?header|page-?footer|top-?bar|share|sharing|social|social-?media|sharedaddy|addtoany|addthis|jp-relatedposts"
    "|related|related-?(?:posts|content|links|news|items|articles)|more-?news|read-?more|recommended|latest-?news|recent"
    "|comments?|comment-?list|respond|cookies?|cookie-?(?:banner|notice|message|bar)|consent|gdpr|advert|ads?|adverts"
    "|newsletter|subscribe|subscription|sign-?up|pagination|pager|page-?nav|post-?navigation|prev-?next|widget|widgets"
    "|widget_[a-z_]+|tags?|tag-?(?:list|links|cloud)|post-?tags|cat-?links|feedback|was-?this-?(?:useful|helpful)|page-?feedback|print"
    "|back-?to-?top|scroll-?top|skip|toolbar|tool-?box|utility|search|search-?(?:form|box)|login|modal|popup|overlay"
    "|alert-?persistent|emergency|author-?(?:box|bio)|promo|cta|call-?to-?action|language-?switch(?:er)?|translations?"
    "|post-?meta|entry-?meta|metadata|publisher-?metadata|document-?footer|contextual-?(?:sidebar|footer)|toc|toc_container"
    "|published-dates|(?:update|change)-history|news-?archive|archive-?(?:list|links|menu)"
    "|single-page-notification-button"
)
_PLACES = "list|wrap(?:per)?|block|area|section|inner|container|links?|menu|bar|buttons?|icons?|group|box"
_IS_ASIDE = re.compile(rf"(?:[a-z0-9]+[-_]{{1,2}}){{0,3}}(?:{_ASIDE})(?:[-_]{{1,2}}(?:{_PLACES}|\d+))?", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a name such as "newsArchive" has its next word."""

_IS_TEXT = "call-to-action"
"""A paragraph of a text in GOV.UK's Markdown, Govspeak; elsewhere a button or an advertisement."""

_HAS_ASIDE = re.compile(r"(?:has|no|with|without|is|hide|show|not|left|right|one|two|page|body)[-_].*", re.IGNORECASE)
"""Names such as "no-sidebar", which say how a page is laid out and not what an element is."""

_MARKED = (
    "[itemprop=articleBody]", ".govspeak", ".e-content", ".entry-content", ".post-content", ".article-body",
    ".article__body", ".article-content", ".field--name-body", ".field-name-body", ".press-release-body", ".story-body",
    ".news-body", ".newsroom-body", ".release-body", ".body-content", ".ecl-editor", ".press_release_body", ".rte",
    ".wysiwyg", ".field_body", ".node-body", ".usa-prose", ".articleBody", ".article-text", ".news-article__body",
    ".post-body", ".post__content", ".single-content", ".rich-text", ".richtext", ".press-release__content",
    "[property='content:encoded']", ".newsbody", ".content-body",
)  # fmt: skip
"""How sites commonly mark the element that holds only the text of an article."""

_NEARLY_ALL = 0.88
"""The share of an element's weight that a child must hold for the way to go on into it.

Set by judgement on real pages: a lower one would lose the first paragraph where it stands apart, a higher one would
keep more of what stands around the text.
"""

_ENOUGH = 0.6
"""The share of a page's weight that a marked element must hold to be believed: sites mark teasers too."""

_ONLY_ONE = 0.2
"""The same, for an element that is the only one with its mark: a short statement weighs less than what surrounds it."""

_SHORT = 25
"""From how many characters on a line is a paragraph and no label; set by judgement."""


@dataclass(slots=True)
class _Weights:
    """What each element holds, by its id in the tree: characters, those in links, and the weight of its paragraphs."""

    text: dict[int, int] = field(default_factory=dict)
    links: dict[int, int] = field(default_factory=dict)
    weight: dict[int, int] = field(default_factory=dict)


def main_node(body: Node) -> Node:
    """Return the element below ``body`` that holds the text of the page, or ``body`` itself."""
    weights = _without_asides(body)
    total = weights.weight.get(body.mem_id, 0)
    if not total:
        return body
    node = body
    for selector in ("main, [role=main]", "article"):
        marked = [each for each in node.css(selector) if weights.weight.get(each.mem_id, 0) > _ENOUGH * total]
        if marked:
            node = max(marked, key=lambda each: weights.weight[each.mem_id])
    inside = weights.weight[node.mem_id]
    for selector in _MARKED:
        marked = [each for each in node.css(selector) if weights.weight.get(each.mem_id, 0) > 0]
        outer = [each for each in marked if not any(_holds(other, each) for other in marked)]
        for each in outer:
            share = weights.weight[each.mem_id] / max(inside, 1)
            if share > _ENOUGH or (len(outer) == 1 and share > _ONLY_ONE):
                return each
    return _down(node, weights, total)


def _without_asides(body: Node) -> _Weights:
    """Return what each element holds, where parts that are something else, by their name, hold nothing."""
    whole = weigh(body)
    most = _ENOUGH * whole.weight.get(body.mem_id, 0)
    return weigh(body, lambda node: is_aside(node) and whole.weight.get(node.mem_id, 0) < most)


def weigh(body: Node, leave_out: Callable[[Node], bool] = lambda node: False) -> _Weights:
    """Return what each element below ``body`` holds; those for which ``leave_out`` is True hold nothing."""
    found = _Weights()
    stack = [body.mem_id]
    line = [0, 0]
    in_link = [0]

    def flush() -> None:
        length, linked = line
        top = stack[-1]
        found.text[top] = found.text.get(top, 0) + length
        found.links[top] = found.links.get(top, 0) + linked
        if length >= _SHORT:
            found.weight[top] = found.weight.get(top, 0) + max(0, length - 2 * linked)
        line[:] = [0, 0]

    def enter(node: Node) -> bool:
        if node.is_text_node:
            length = len(" ".join((node.text_content or "").split()))
            line[0] += length
            line[1] += length if in_link[0] else 0
            return False
        if not node.is_element_node or not is_shown(node) or leave_out(node):
            return False
        if node.tag in PARTED:
            flush()
        stack.append(node.mem_id)
        in_link[0] += node.tag == "a"
        return True

    def leave(node: Node) -> None:
        if node.tag in PARTED:
            flush()
        in_link[0] -= node.tag == "a"
        stack.pop()
        for values in (found.text, found.links, found.weight):
            values[stack[-1]] = values.get(stack[-1], 0) + values.get(node.mem_id, 0)

    visit(body, enter, leave)
    flush()
    return found


def is_aside(node: Node) -> bool:
    """Return True if an element's name says that it is no part of the text around it."""
    name = node.tag or ""
    if name in ("aside", "footer", "header", "nav"):
        # a quotation's footer names its speaker, an article's header holds its title
        return name == "nav" or not _inside(node, ("blockquote", "figure", "article", "main", "section"))
    given = node.attributes
    named = _CAPITAL.sub("-", f"{given.get('id') or ''} {given.get('class') or ''}").split()
    words = [word for word in named if _IS_ASIDE.fullmatch(word) and not _HAS_ASIDE.fullmatch(word)]
    return bool(words) and not (_IS_TEXT in words and _in_govspeak(node))


def _in_govspeak(node: Node) -> bool:
    above = node.parent
    while above is not None and above.is_element_node:
        if "govspeak" in (above.attributes.get("class") or ""):
            return True
        above = above.parent
    return False


def stands_aside(node: Node | None) -> bool:
    """Return True if an element, or one around it, is not shown or is no part of the text by its name."""
    while node is not None and node.is_element_node and node.tag not in ("body", "html", "main"):
        if not is_shown(node) or is_aside(node):
            return True
        node = node.parent
    return False


def _down(node: Node, weights: _Weights, total: int) -> Node:
    while True:
        children = [child for child in node.iter() if child.is_element_node and is_shown(child)]
        held = {child.mem_id: weights.weight.get(child.mem_id, 0) for child in children}
        kept = [child for child in children if held[child.mem_id] > _ENOUGH * total or not is_aside(child)]
        here = sum(held[child.mem_id] for child in kept)
        heaviest = max(kept, key=lambda child: held[child.mem_id], default=None)
        own = weights.weight.get(node.mem_id, 0) - sum(held.values())
        if heaviest is None or heaviest.tag in ("p", "li", "ul", "ol", "table", "blockquote", "tr"):
            return node
        if held[heaviest.mem_id] < _NEARLY_ALL * (here + max(own, 0)):
            return node
        node = heaviest


def _holds(outer: Node, inner: Node) -> bool:
    """Return True if ``inner`` lies inside ``outer`` and is another element."""
    above = inner.parent
    while above is not None:
        if above.mem_id == outer.mem_id:
            return True
        above = above.parent
    return False


def _inside(node: Node, names: tuple[str, ...]) -> bool:
    above = node.parent
    while above is not None:
        if above.tag in names:
            return True
        above = above.parent
    return False
