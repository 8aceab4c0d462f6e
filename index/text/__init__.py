"""Reading plain text: sentences, passages, terms, number words, dates, publishers' names, token counts."""
