"""The adapters of reveals: Cedar and the budgets' counters."""
