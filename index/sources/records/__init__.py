"""Other people's files of records: JSON, JSON Lines and CSV with fields of their own."""
