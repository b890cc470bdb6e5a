"""What a rate of orders takes: shards, functions, calls, dollars; and what breaks first."""
