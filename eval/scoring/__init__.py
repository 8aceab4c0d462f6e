"""Scoring runs, comparing them, and scoring how figures are read."""
