"""The catalog: one SQLite file that holds releases, revisions, passages, figures and embeddings."""
