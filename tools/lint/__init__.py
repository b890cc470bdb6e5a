"""Static checks of `make lint` that no tool at hand makes; each is a function from a tree to its problems."""
