"""Measures what people use today, on the same orders and in the same run."""
