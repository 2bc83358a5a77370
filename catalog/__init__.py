"""Who is who: the matchers, and the catalogue of known tools as data."""
