"""Publishers on the web: what each kind of site lists, and how its items become releases."""
