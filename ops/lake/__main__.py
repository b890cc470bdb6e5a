"""`python -m ops.lake`."""

from ops.lake.cli import main

main()
