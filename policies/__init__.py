"""The policies that travel with the code: who may reveal what."""
