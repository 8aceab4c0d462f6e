"""Figures as answers: timelines, the times that questions name, searching records, pictures."""
