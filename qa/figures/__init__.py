"""Figures as answers: timelines, the search of stored figures, pictures."""
