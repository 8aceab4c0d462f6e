"""Words that the terminal, the plot and later the page say alike."""

RELATIONS = {
    "latest": "latest",
    "same": "the same again",
    "earlier": "since superseded",
    "conflict": "in conflict with the latest",
}
"""How a statement's relation to the newest one is put to a reader."""
