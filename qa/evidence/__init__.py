"""What backs an answer: checked citations, links to the quoted words, what was read and weighed."""
