"""Sets: our questions, other people's, and labels of figures; they are read, checked, and found in a corpus."""
