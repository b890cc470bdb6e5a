"""Benchmarks: what tokenizing costs, counted and measured."""
