"""Measures the CPU and memory that an execution environment costs up to its first batch, in fresh processes."""
