"""Small PDF and Word files made in the test, so that what is in them is known."""

import io
from collections.abc import Sequence

import docx
import pytest

Placed = tuple[float, float, str] | tuple[float, float, str, float]
"""Text on a page: x and y in points from the lower left corner, the text, and the size of its letters (11)."""


def make_pdf(pages: Sequence[Sequence[Placed]], title: str = "", author: str = "", sign: str = "") -> bytes:
    """Return a PDF with text at given places, in Helvetica; its "@" stands for the letters of ``sign``, if given."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        drawn = []
        for x, y, text, *size in page:
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            drawn.append(f"BT /F1 {size[0] if size else 11} Tf {x} {y} Td ({escaped}) Tj ET")
        stream = "\n".join(drawn).encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    if sign:
        letters = sign.encode("utf-16-be").hex().encode()
        told = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <40> <%s> endbfchar" % letters
        told = b"begincmap %s endcmap" % told
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(told), told))
        objects[2] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode %d 0 R >>" % len(objects)
    objects.append(b"<< /Title (%s) /Author (%s) >>" % (title.encode("cp1252"), author.encode("cp1252")))
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(
        b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, len(objects), start)
    )
    return out.getvalue()


@pytest.fixture
def word_file() -> bytes:
    """Return a release in Word: heading, two kinds of list, a table, a footer."""
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "Page 1 of 1"
    document.add_paragraph("PRESS RELEASE")
    document.add_heading("Nine piers to be mended", 1)
    document.add_paragraph("Published 4 July 2024")
    document.add_paragraph("A grant will mend nine piers before the summer, the Coast Office said.")
    document.add_paragraph("Pellport", style="List Bullet")
    document.add_paragraph("Ness", style="List Bullet")
    document.add_heading("Costs", 2)
    document.add_paragraph("survey", style="List Number")
    document.add_paragraph("repair", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Town", "Cost", "Pellport | Ness", "£1.1 million"), strict=True):
        cell.text = text
    document.add_paragraph("ENDS")
    document.add_paragraph("Press office 020 7946 0018")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
