"""Stems of words, for comparing what a question names with what a release says: "build" and "built" are one."""

from collections.abc import Iterable
from typing import Final

from index.text.terms import stems

_IRREGULAR: Final = """begin began begun; bring brought; build built; buy bought; choose chose chosen; draw drew drawn;
drive drove driven; find found; fly flew flown; give gave given; grow grew grown; hold held; keep kept; know knew known;
lead led; leave left; lose lost; make made; meet met; pay paid; run ran; see saw seen; sell sold; send sent; show shown;
sit sat; speak spoke spoken; spend spent; take took taken; teach taught; win won; write wrote written"""
"""Verbs whose past forms have another stem, each with these."""

_BASES: Final = {form: base for verb in _IRREGULAR.split(";") for base, *past in [stems(verb)] for form in past}


def word_stems(text: str) -> frozenset[str]:
    """Return the distinct stems of a text's words, irregular verbs as their first form."""
    return based(stems(text))


def based(found: Iterable[str]) -> frozenset[str]:
    """Return stems with those of irregular past forms replaced."""
    return frozenset(_BASES.get(each, each) for each in found)
