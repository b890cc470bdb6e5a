"""Writes the parts of the docs that follow from template and code: the architecture's pictures, and the reference."""
