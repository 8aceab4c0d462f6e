"""Files that survive a crash: atomic writes, the write lock, stamps that tell whether a file changed."""
