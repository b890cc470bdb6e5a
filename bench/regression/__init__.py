"""Whether the engine is still as fast as it was: counted, never timed, and compared to a stored baseline."""
