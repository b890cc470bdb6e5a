"""`python -m lake`."""

from lake.cli import main

main()
