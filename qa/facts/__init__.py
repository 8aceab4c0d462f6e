"""Facts that are no figures, such as dates, places and the people in offices: what later releases make of them."""
