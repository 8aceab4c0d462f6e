"""What the two legs of a search have in common."""

from collections.abc import Callable


def best(fetch: Callable[[int], list[tuple[int, float]]], k: int) -> list[tuple[int, float]]:
    """Return the ``k`` best (id, score) pairs of a leg, best first, ties by id, also where ``k`` cuts through a tie.

    ``fetch(n)`` gives the leg's own best n. Which of several equals an engine keeps depends on where they happen to be
    stored, so more are fetched until the last one is worse than what is kept.
    """
    limit = k + 1
    while True:
        pairs = sorted(fetch(limit), key=lambda pair: (-pair[1], pair[0]))
        if len(pairs) < limit or pairs[-1][1] < pairs[k - 1][1]:
            return pairs[:k]
        limit *= 4
