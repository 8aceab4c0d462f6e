"""Reading the web safely and politely: which addresses may be read, how much, how fast, and how often again."""
