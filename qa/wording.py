"""Words that are the same in the terminal and in the plot."""

RELATIONS = {
    "latest": "latest",
    "same": "the same again",
    "earlier": "since superseded",
    "conflict": "in conflict with the latest",
}
"""The words in which a person reads how a statement relates to the newest one."""
