"""Runs: asking a set through the engine, and the folders that hold the results."""
