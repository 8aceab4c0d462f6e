"""Web pages: from HTML to the title, day, publisher and main text of a release."""
