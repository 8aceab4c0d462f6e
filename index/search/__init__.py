"""Searching: the vector leg, the keyword leg, their fusion, and the files that both are kept in."""
