"""Predicts what a rate of orders needs (shards, functions, calls, dollars) and which limit it meets first."""
