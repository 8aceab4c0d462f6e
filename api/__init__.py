"""The question engine over HTTP."""
