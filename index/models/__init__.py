"""Embedding models: their names and digests, their exports, and running them."""
