"""Measures how cost grows with each input, and checks that it never grows faster than linearly."""
