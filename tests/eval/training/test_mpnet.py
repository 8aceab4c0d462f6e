"""MPNet's forward pass with fused attention, against transformers' own. Slow: it loads torch."""

from typing import Any

import pytest

pytestmark = pytest.mark.model


@pytest.fixture
def model() -> Any:
    import torch  # noqa: PLC0415 - only these tests pay for it
    from transformers import MPNetConfig, MPNetForQuestionAnswering  # noqa: PLC0415

    torch.manual_seed(5)
    size = {"hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64}
    made = MPNetForQuestionAnswering(MPNetConfig(vocab_size=90, initializer_range=0.3, **size))
    made.eval()
    return made


@pytest.mark.parametrize("frozen", [0, 2])
def test_scores_and_gradients_are_those_of_transformers(model: Any, frozen: int) -> None:
    import torch  # noqa: PLC0415

    from eval.training.models import freeze, span_logits  # noqa: PLC0415

    freeze(model, frozen)
    # Longer than the distance from which relative positions share a weight, and rows of different lengths.
    ids = torch.randint(2, 90, (3, 150))
    mask = torch.ones_like(ids)
    mask[0, 100:] = mask[2, 7:] = 0
    padded = ids.masked_fill(mask == 0, 0)
    found, gradients = [], []
    for own in (True, False):
        model.zero_grad(set_to_none=True)
        if own:
            starts, ends = span_logits(model, padded, mask, torch.zeros_like(ids))
        else:
            scores = model(input_ids=ids.masked_fill(mask == 0, 1), attention_mask=mask)
            starts, ends = scores.start_logits, scores.end_logits
        read = torch.stack([starts, ends])[:, mask == 1]
        read.square().mean().backward()
        found.append(read.detach())
        gradients.append({name: p.grad for name, p in model.named_parameters() if p.grad is not None})
    assert found[1].std() > 0.1, "the scores are not all the same"
    torch.testing.assert_close(found[0], found[1], rtol=1e-4, atol=1e-5)
    assert gradients[0].keys() == gradients[1].keys() == {n for n, p in model.named_parameters() if p.requires_grad}
    assert ("mpnet.encoder.relative_attention_bias.weight" in gradients[0]) == (not frozen)
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradient, gradients[1][name], rtol=1e-3, atol=1e-5)


def test_in_half_precision_the_scores_are_near(model: Any) -> None:
    import torch  # noqa: PLC0415

    from eval.training.mpnet import span_logits  # noqa: PLC0415

    ids = torch.randint(2, 90, (2, 40))
    mask = torch.ones_like(ids)
    with torch.no_grad():
        whole = span_logits(model, ids, mask)[0]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            half = span_logits(model, ids, mask)[0].float()
    assert (whole - half).abs().max() < 0.1 * whole.std() + 0.1


def test_attention_dropout_is_at_work_in_training_alone() -> None:
    import torch  # noqa: PLC0415
    from transformers import MPNetConfig, MPNetForQuestionAnswering  # noqa: PLC0415

    from eval.training.mpnet import span_logits  # noqa: PLC0415

    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = MPNetConfig(vocab_size=90, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.5, **size)
    made = MPNetForQuestionAnswering(config)
    ids = torch.randint(2, 90, (1, 30))
    for training in (True, False):
        made.train(training)
        with torch.no_grad():
            first, second = (span_logits(made, ids, torch.ones_like(ids))[0] for _ in range(2))
        assert first.equal(second) is not training
