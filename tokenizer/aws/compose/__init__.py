"""Wires each function's use case to its adapters; one module for each function."""
