"""Documents: PDF, Word and text files, and folders of them."""
