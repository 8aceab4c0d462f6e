"""Shared normalisation: the passages of a question compete in training, so that their scores can be compared later."""

from typing import Any

import torch

_NEVER = -1e4


def shared_loss(logits: Any, allowed: Any, right: Any, groups: Any, *, alone: float) -> Any:
    """Return the mean negative log-likelihood of the right tokens, for starts or for ends.

    ``logits``, ``allowed`` and ``right`` have shape (rows, tokens); ``groups`` (rows,) numbers the questions from 0.
    Scores count relative to their row's token 0. In a group they are normalised together with one score of 0 for "no
    answer" (Clark and Gardner 2018, "no-answer option"); of several right tokens the probabilities add up. ``alone``
    in [0, 1] is the weight of the usual loss, where each row is normalised by itself; with one row a group both
    are the same.
    """
    relative = logits - logits[:, :1]
    every = torch.logsumexp(relative.masked_fill(~allowed, _NEVER), dim=1)
    good = torch.logsumexp(relative.masked_fill(~right, _NEVER), dim=1)
    answered = right.any(dim=1)
    none = torch.zeros_like(every)
    by_row = torch.logaddexp(every, none) - torch.where(answered, good, none)
    count = int(groups.max()) + 1
    together = _grouped(every, groups, count)
    good_together = _grouped(good, groups, count)
    has = torch.zeros(count, dtype=torch.bool, device=groups.device).index_put_((groups[answered],), answered[answered])
    zero = torch.zeros_like(together)
    by_group = torch.logaddexp(together, zero) - torch.where(has, good_together, zero)
    return (1 - alone) * by_group.mean() + alone * by_row.mean()


def _grouped(values: Any, groups: Any, count: int) -> Any:
    """Return the log-sum-exp of the values of each group, shape (count,)."""
    table = torch.full((len(groups), count), _NEVER, dtype=values.dtype, device=values.device)
    table = table.index_put((torch.arange(len(groups), device=groups.device), groups), values)
    return torch.logsumexp(table, dim=0)
