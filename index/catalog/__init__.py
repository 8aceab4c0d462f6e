"""The catalog: one database that holds releases, revisions, passages, figures and embeddings."""
