"""Words that are the same wherever a person reads them: in the terminal, in the plot."""

RELATIONS = {
    "latest": "latest",
    "same": "the same again",
    "earlier": "since superseded",
    "conflict": "in conflict with the latest",
}
"""The words in which a person reads how a statement relates to the newest one."""


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts: "1 passage", "2 passages"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
