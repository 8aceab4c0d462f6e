"""Training the reader that ships with pressqa: one command, resumable, on a CPU or a GPU.

It lives beside the evaluation because both need the same things: question sets, a corpus, the retriever as it is
used, and metrics. Only this package and the exports import torch.
"""
