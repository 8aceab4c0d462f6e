"""Reading: from a question and passages to spans of them that answer it, without torch."""
