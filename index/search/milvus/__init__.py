"""Search on a Milvus server instead of files on this machine; the catalog stays the truth (RUNBOOK.md: keeping it)."""
