"""Builds the layer and each function's folder with `sam build`, and measures their sizes and start times."""
