"""pressqa beside other tools: the same model, passages, questions and machine, each in its own environment."""
