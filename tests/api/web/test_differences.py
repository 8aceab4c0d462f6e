from hypothesis import given
from hypothesis import strategies as st

from api.web.differences import ChangedParagraph, compare, compare_words, runs

TEXTS = st.lists(
    st.lists(st.sampled_from("ports ships £7 £9 million opened in May".split()), min_size=1, max_size=8)
).map(lambda paragraphs: "\n\n".join(" ".join(words) for words in paragraphs))


def without(paragraphs: tuple[ChangedParagraph, ...], change: str) -> str:
    texts = ["".join(p.text for p in each.pieces if p.change != change) for each in paragraphs]
    return "\n\n".join(text for text in texts if text)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off_their_differences(earlier: str, later: str) -> None:
    made = compare(earlier, later)
    assert without(made, "added") == earlier
    assert without(made, "removed") == later
    assert all(each.same for each in compare(later, later))


def test_a_changed_number_is_the_only_change_in_its_paragraph() -> None:
    made = compare("One.\n\nGrants of £7 million for ports.", "One.\n\nGrants of £9 million for ports.\n\nNew.")
    assert [each.same for each in made] == [True, False, False]
    changed = [(piece.text.strip(), piece.change) for piece in made[1].pieces if piece.change != "same"]
    assert changed == [("£7", "removed"), ("£9", "added")]
    assert [piece.change for piece in made[2].pieces] == ["added"]


def test_titles_are_compared_by_words() -> None:
    assert [piece.change for piece in compare_words("Grants for ports", "Grants for ships")] == [
        "same",
        "removed",
        "added",
    ]


def test_rows_of_tables_are_compared_cell_by_cell() -> None:
    head = "Ships by port:\n| Port | Ships | Fines |\n| --- | --- | --- |\n| Dover | 312 | none |\n"
    made = compare(f"{head}| Hull | 87 | £9 |\n\nEnd.", f"{head}| Hull | 90 | £11 |\n| Bath | 1 | |\n\nEnd.")
    (_, before), (is_table, rows), (_, after) = runs(made)
    assert is_table
    assert [each.pieces[0].text for each in (*before, *after)] == ["Ships by port:", "End."]
    assert [(row.is_header, row.same) for row in rows] == [(True, True), (False, True), (False, False), (False, False)]
    assert [[(piece.text.strip(), piece.change) for piece in cell] for cell in rows[2].cells] == [
        [("Hull", "same")],
        [("87", "removed"), ("90", "added")],
        [("£9", "removed"), ("£11", "added")],
    ]
    assert [[piece.text for piece in cell] for cell in rows[3].cells] == [["Bath"], ["1"], []]
    wider = "| Port |\n| --- |\n| Hull |", "| Port | Ships |\n| --- | --- |\n| Hull | 87 |"
    assert {piece.change for row in compare(*wider) for piece in row.pieces} == {"removed", "added"}
    assert not any("|" in piece.text for row in compare(*wider) for cell in row.cells for piece in cell)
