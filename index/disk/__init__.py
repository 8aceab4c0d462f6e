"""Files that survive a crash: atomic writes, the write lock, and stamps that show if a file has changed."""
