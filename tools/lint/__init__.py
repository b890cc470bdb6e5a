"""Holds the checks of `make lint` that no other tool makes; each is a function from a tree to its problems."""
