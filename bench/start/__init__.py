"""What an execution environment costs before and at its first batch: CPU and memory, in fresh processes."""
