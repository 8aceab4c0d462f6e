"""Reading the quantities that releases state: amounts, units, qualifiers, periods and what is counted."""
