"""How many requests each client may make: an even flow with room for a burst (the generic cell rate algorithm)."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from index.errors import PressqaError

WINDOW = 60
"""Seconds that a quota is for."""

MAX_CLIENTS = 10_000
"""How many clients are remembered; the one that has been quiet for longest is forgotten first, with its debt."""


class TooManyRequestsError(PressqaError):
    """The client has used up its quota; ``quota`` says when it may ask again."""

    def __init__(self, client: str, quota: "Quota") -> None:
        super().__init__(f"{client} may make {quota.limit} requests a minute", f"try again in {quota.retry_after} s")
        self.quota = quota


@dataclass(frozen=True, slots=True)
class Quota:
    """What a client has left: requests at once, and the seconds until all its quota is back.

    ``retry_after`` is None if the request is allowed, and otherwise the seconds after which it would be.
    """

    limit: int
    remaining: int
    reset: int
    retry_after: int | None

    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers, and ``Retry-After`` where one has to wait."""
        told = {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW}',
            "RateLimit": f'"minute";r={self.remaining};t={self.reset}',
        }
        return told if self.retry_after is None else {**told, "Retry-After": str(self.retry_after)}


class RateLimits:
    """The quotas of all clients, ``limit`` requests a minute each. Belongs to one event loop."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        """Take the limit and a clock in seconds that never goes back."""
        self._limit = limit
        self._clock = clock
        self._each = WINDOW / limit
        # For each client the time at which all it has used is paid back.
        self._paid: OrderedDict[str, float] = OrderedDict()

    def take(self, client: str, cost: int = 1) -> Quota:
        """Take ``cost`` requests from what a client has left, unless it has too little.

        More than the whole quota at once, such as a long batch, is allowed to a client that has all of it left.
        """
        now = self._clock()
        used = max(0.0, self._paid.get(client, now) - now)
        wanted = min(used + cost * self._each, float(WINDOW)) if used <= 0 else used + cost * self._each
        if wanted > WINDOW + 1e-9:
            wait = max(1, math.ceil(wanted - WINDOW))
            return Quota(self._limit, math.floor((WINDOW - used) / self._each + 1e-9), math.ceil(used), wait)
        self._paid[client] = now + wanted
        self._paid.move_to_end(client)
        if len(self._paid) > MAX_CLIENTS:
            self._paid.popitem(last=False)
        return Quota(self._limit, math.floor((WINDOW - wanted) / self._each + 1e-9), math.ceil(wanted), None)
