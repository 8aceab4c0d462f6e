import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources.decode import decode, repair


@pytest.mark.parametrize(
    ("content", "header", "text"),
    [
        ("café £5".encode(), "text/html; charset=iso-8859-1", "café £5"),  # UTF-8, whatever was declared
        ("café “£5”".encode("cp1252"), None, "café “£5”"),
        ("<meta charset=iso-8859-1>“£5”".encode("cp1252"), None, "<meta charset=iso-8859-1>“£5”"),
        ("<meta charset=windows-1251>Привет".encode("cp1251"), None, "<meta charset=windows-1251>Привет"),
        ("Привет".encode("cp1251"), "text/html; charset=windows-1251", "Привет"),
        ("\ufeffcafé".encode("utf-16"), None, "\ufeffcafé"),
        (b"caf\xe9", "text/html; charset=no-such-thing", "café"),
        (b"caf\xe9", "text/html; charset=utf-7", "café"),
        (b"caf\xe9", "text/html; charset=base64", "café"),
        (b"<meta charset=utf-8>caf\xe9 \x93opens\x94", "text/html; charset=utf-8", "<meta charset=utf-8>café “opens”"),
        ("naïve café".encode() + b" \xe9", "text/html; charset=utf-8", "naïve café \ufffd"),  # one odd byte
        ("ferry café".encode()[:-1], "text/html; charset=utf-8", "ferry caf\ufffd"),  # cut off
    ],
)
def test_bytes_are_read_in_the_encoding_they_are_in(content: bytes, header: str | None, text: str) -> None:
    assert decode(content, header) == text


def test_what_was_decoded_wrongly_is_repaired_and_clean_text_is_not_touched() -> None:
    wrong = "The mayor’s “plan” – café, £5".encode().decode("latin-1")
    assert repair(wrong) == "The mayor’s “plan” – café, £5"
    assert repair("The mayor’s “plan” costs £5".encode().decode("cp1252", "replace")).startswith("The mayor’s")
    for clean in ("PÂTÉ, Â£ and Ã©lan", "naïve café – “x”", "Ã", "ÂÃ€"):
        assert repair(clean) == clean


@given(st.text())
def test_text_that_is_utf8_survives_reading(text: str) -> None:
    clean = text.encode("utf-8", "ignore").decode()
    if clean == repair(clean) and not clean.startswith(("\ufeff", "\ufffe")):
        assert decode(clean.encode()) == clean


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_are_text(content: bytes, header: str) -> None:
    assert isinstance(decode(content, f"text/html; charset={header}"), str)
