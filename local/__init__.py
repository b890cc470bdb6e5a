"""Runs the whole product on this machine, for development, tests and the demo: the local stack."""
