"""The command pressqa: its commands, and answers as text, tables and JSON on a terminal."""
