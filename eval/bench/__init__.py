"""Benchmarks: each is a module that prints one table, with ratios measured within one run."""
