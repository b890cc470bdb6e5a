"""Measures how often the leak guard is wrong, on strings that others made, beside Presidio's pattern recognizers."""
