"""Sets: gold questions, sets of other people, labels of figures; read, checked, and found in a corpus."""
