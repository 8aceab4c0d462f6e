"""The loss against torch's own, and by hand. Slow: it loads torch."""

import math

import pytest

pytestmark = pytest.mark.model


def test_with_one_row_a_group_it_is_the_usual_cross_entropy() -> None:
    import torch  # noqa: PLC0415 - only these tests pay for it

    from eval.training.loss import shared_loss  # noqa: PLC0415

    torch.manual_seed(1)
    logits = torch.randn(6, 9) * 4
    allowed = torch.zeros(6, 9, dtype=torch.bool)
    for row in range(6):
        allowed[row, 3 : 6 + row % 3] = True
    right = torch.zeros_like(allowed)
    places = [None, 3, 5, None, 4, 3]
    for row, place in enumerate(places):
        if place is not None:
            right[row, place] = True
    expected = []
    for row, place in enumerate(places):
        columns = [0, *allowed[row].nonzero()[:, 0].tolist()]
        target = torch.tensor([columns.index(place or 0)])
        expected.append(torch.nn.functional.cross_entropy(logits[row : row + 1, columns], target))
    for alone in (0.0, 0.3, 1.0):
        found = shared_loss(logits, allowed, right, torch.arange(6), alone=alone)
        torch.testing.assert_close(found, torch.stack(expected).mean())


def test_the_rows_of_a_group_are_normalised_together() -> None:
    import torch  # noqa: PLC0415 - only these tests pay for it

    from eval.training.loss import shared_loss  # noqa: PLC0415

    # Scores relative to token 0: row one 1 and 2, of which 2 and then both are right; row two 0.5 and -1.
    logits = torch.tensor([[5.0, 6.0, 7.0], [-2.0, -1.5, -3.0]])
    allowed = torch.tensor([[False, True, True], [False, True, True]])
    right = torch.tensor([[False, False, True], [False, False, False]])
    e = math.exp
    every = 1 + e(1) + e(2) + e(0.5) + e(-1)
    together = math.log(every) - 2
    rows = (math.log(1 + e(1) + e(2)) - 2 + math.log(1 + e(0.5) + e(-1))) / 2
    groups = torch.tensor([0, 0])
    for alone in (0.0, 0.25, 1.0):
        found = float(shared_loss(logits, allowed, right, groups, alone=alone))
        assert found == pytest.approx((1 - alone) * together + alone * rows, rel=1e-5)
    both = torch.tensor([[False, True, True], [False, False, False]])
    found = float(shared_loss(logits, allowed, both, groups, alone=0.0))
    assert found == pytest.approx(math.log(every) - math.log(e(1) + e(2)), rel=1e-5)
    nothing = float(shared_loss(logits, allowed, torch.zeros_like(right), groups, alone=0.0))
    assert nothing == pytest.approx(math.log(every), rel=1e-5)


def test_every_score_has_a_finite_gradient() -> None:
    import torch  # noqa: PLC0415 - only these tests pay for it

    from eval.training.loss import shared_loss  # noqa: PLC0415

    logits = (torch.randn(4, 5) * 30).requires_grad_()
    allowed = torch.tensor([[False, True, True, False, False]] * 3 + [[False] * 5])
    right = allowed & torch.tensor([[True], [False], [False], [False]])
    shared_loss(logits, allowed, right, torch.tensor([0, 0, 1, 1]), alone=0.3).backward()
    assert bool(logits.grad.isfinite().all())
    assert not logits.grad[:, 3:].any()
