"""A catalog in a PostgreSQL database: connections, errors, the lock, and the few words of SQL that differ."""
