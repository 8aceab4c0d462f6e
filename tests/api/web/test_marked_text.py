from hypothesis import given
from hypothesis import strategies as st

from api.web.marked_text import Block, Piece, around, blocks, stating
from index.types import Span

BODY = (
    "Ports opened. Ships came.\n\nThe plan has:\n• 12 ferries\n• two piers\n\n"
    "| Port | Ships |\n| --- | --- |\n| Dover | |\n| | 87 |"
)


def place(body: str, words: str) -> Span:
    start = body.index(words)
    return Span(start, start + len(words))


def text_of(block: Block) -> str:
    lines = [*block.lines, *(cell for row in block.rows for cell in row)]
    return "\n".join("".join(piece.text for piece in line) for line in lines)


def marked(some: tuple[Block, ...], mark: str) -> str:
    lines = [line for block in some for line in (*block.lines, *(cell for row in block.rows for cell in row))]
    return "".join(piece.text for line in lines for piece in line if piece.mark == mark)


def test_paragraphs_lists_and_tables_are_told_apart() -> None:
    made = blocks(BODY)
    assert [block.kind for block in made] == ["text", "text", "list", "table"]
    assert text_of(made[2]) == "12 ferries\ntwo piers", "the bullet is the page's, not the text's"
    rows = ["".join(piece.text for piece in cell) for row in made[3].rows for cell in row]
    assert rows == ["Port", "Ships", "Dover", "", "", "87"]


def test_a_line_with_one_bar_and_a_lone_dash_are_text() -> None:
    assert [block.kind for block in blocks("Contact | Press office\n\n-\n\n5 - 3")] == ["text", "text", "text"]


def test_the_quote_and_its_answer_are_marked_wherever_they_stand() -> None:
    for quote, answer in [("Ships came.", "Ships"), ("12 ferries", "12"), ("Dover", "Dover"), ("87", "87")]:
        made = blocks(BODY, place(BODY, quote), [place(BODY, answer)])
        assert marked(made, "answer") == answer
        assert marked(made, "answer") + marked(made, "quote") == quote
        first = [p for block in made for line in (*block.lines, *sum(block.rows, ())) for p in line if p.first]
        assert len(first) == 1


def test_around_a_quote_is_its_paragraph_alone() -> None:
    made = around(BODY, place(BODY, "two piers"), [place(BODY, "two")])
    assert [text_of(block) for block in made] == ["The plan has:", "12 ferries\ntwo piers"]
    assert made[1].lines[1] == (Piece("two", "answer", True), Piece(" piers", "quote"))


LINES = st.text(st.sampled_from("ab |-•\\\n.<é🚁"), max_size=60)


@given(LINES, st.data())
def test_no_word_is_lost_or_made_up_and_marks_are_where_they_belong(body: str, data: st.DataObject) -> None:
    quote = None
    if body:
        start = data.draw(st.integers(0, len(body) - 1))
        quote = Span(start, data.draw(st.integers(start + 1, len(body))))
    made = blocks(body, quote)
    shown = "".join(text_of(block) for block in made)

    def letters(text: str) -> str:
        return "".join(c for c in text if c.isalnum() or c in "<🚁")

    assert letters(shown) == letters(body)
    if quote:
        assert letters(marked(made, "quote")) == letters(quote.of(body))


def test_a_sentence_around_a_number_is_one_short_line_with_the_number_marked() -> None:
    words = f"{'Ships came and went. ' * 12}In May 87 ferries\nsailed{' to the isles' * 12}."
    line = stating(words, place(words, "87"), of_table=False)
    assert [piece.mark for piece in line] == ["", "answer", ""]
    shown = "".join(piece.text for piece in line)
    assert "In May 87 ferries sailed to the isles" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 240
    row = "| Hull | 87 | £9,500 |"
    assert "".join(piece.text for piece in stating(row, place(row, "87"), of_table=True)) == "Hull · 87 · £9,500"
