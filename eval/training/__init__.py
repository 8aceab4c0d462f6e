"""Training the readers that ship with pressqa: one command, resumable, on a CPU or a GPU.

It is part of the evaluation because both need the same things: question sets, a corpus, the retriever as users have
it, and metrics. Only this package and the exports import torch.
"""
