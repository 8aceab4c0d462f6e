"""Written answers: a language model writes sentences that cite, and only those that hold are kept."""
