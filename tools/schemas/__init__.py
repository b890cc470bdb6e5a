"""Writes what follows from the event models, and releases a draft (`make schemas`, `make release`)."""
