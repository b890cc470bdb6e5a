"""`python -m honey`."""

from honey.cli import main

main()
