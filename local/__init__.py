"""The local stack: the whole product on this machine, for development, tests and the demo."""
