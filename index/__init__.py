"""From a source of releases to ranked passages: read, split, embed, store, search."""
