"""Scoring runs, comparing them, scoring what was read of figures."""
