"""MPNet's forward pass with fused attention: transformers computes it step by step, which takes twice as long."""

from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention

_UNSEEN = -1e4
"""What is added to the attention to padding: its share is 0 in any precision."""


def span_logits(model: Any, ids: Any, mask: Any) -> tuple[Any, Any]:
    """Return the start and end scores of an MPNetForQuestionAnswering, each of shape (rows, tokens).

    ``ids`` and ``mask`` (1 for tokens, 0 for padding) have that shape too. The scores are those of the model's own
    forward pass. Where the relative positions are trained too, PyTorch computes attention step by step again.
    """
    encoder = model.mpnet.encoder
    hidden = model.mpnet.embeddings(input_ids=ids)
    bias = encoder.compute_position_bias(hidden).float().masked_fill(~mask.bool()[:, None, None, :], _UNSEEN)
    device = ids.device.type
    if torch.is_autocast_enabled(device):
        # Attention wants one precision for all that it gets. Changed once, not in every layer.
        bias = bias.to(torch.get_autocast_dtype(device))
    for layer in encoder.layer:
        hidden = _layer(layer, hidden, bias)
    scores = model.qa_outputs(hidden)
    return scores[..., 0], scores[..., 1]


def _layer(layer: Any, hidden: Any, bias: Any) -> Any:
    """Return a layer's output of shape (rows, tokens, width); ``bias`` is (rows, heads, tokens, tokens)."""
    attention = layer.attention.attn
    rows, tokens, width = hidden.shape
    heads = attention.num_attention_heads

    def split(values: Any) -> Any:
        return values.view(rows, tokens, heads, width // heads).transpose(1, 2)

    mixed = scaled_dot_product_attention(
        split(attention.q(hidden)),
        split(attention.k(hidden)),
        split(attention.v(hidden)),
        attn_mask=bias,
        dropout_p=attention.dropout.p if attention.training else 0.0,
    )
    mixed = attention.o(mixed.transpose(1, 2).reshape(rows, tokens, width))
    hidden = layer.attention.LayerNorm(layer.attention.dropout(mixed) + hidden)
    return layer.output(layer.intermediate(hidden), hidden)
