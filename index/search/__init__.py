"""Searching: by vectors, by keywords (the two legs), the fusion of both, and the files in which they are stored."""
