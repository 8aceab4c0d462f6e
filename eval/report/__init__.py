"""Reports: an HTML page about runs, tables for a terminal."""
