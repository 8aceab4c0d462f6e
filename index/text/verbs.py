"""Irregular verbs: the forms that say that something was done, and the form that a dictionary lists."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from index.text.terms import stems

_IRREGULAR: Final = """become became; begin began begun; bite bit bitten; break broke broken; bring brought; build
built; buy bought; catch caught; choose chose chosen; come came; draw drew drawn; drive drove driven; fall fell
fallen; feed fed; find found; fly flew flown; get got; give gave given; go went gone; grow grew grown; hold held;
keep kept; know knew known; lay laid; lead led; leave left; lend lent; lose lost; make made; meet met; pay paid;
rise rose risen; run ran; say said; see saw seen; sell sold; send sent; show shown; sit sat; speak spoke spoken;
spend spent; stand stood; steal stole stolen; sting stung; strike struck; take took taken; teach taught; tell told;
win won; write wrote written"""
"""Each verb with its past forms, those that do not end in "ed"."""

PAST: Final[Mapping[str, str]] = MappingProxyType(
    {form: verb for verb, *forms in map(str.split, _IRREGULAR.split(";")) for form in forms}
)
"""The past forms of irregular verbs in lower case -> the verb."""

SIMPLE_PAST: Final = tuple(verb.split()[1] for verb in _IRREGULAR.split(";"))
"""The forms that say by themselves that something was done: "wrote", and not "written"."""

_BASES: Final = {stems(form)[0]: stems(verb)[0] for form, verb in PAST.items()}


def word_stems(text: str) -> frozenset[str]:
    """Return the distinct stems of a text's words, irregular verbs as their first form: "build" and "built" are one."""
    return based(stems(text))


def based(found: Iterable[str]) -> frozenset[str]:
    """Return stems with those of irregular past forms replaced by the verb's."""
    return frozenset(_BASES.get(each, each) for each in found)
