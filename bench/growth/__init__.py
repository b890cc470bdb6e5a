"""How the cost grows, by what it may grow with; and a check that none of it grows faster than linear."""
