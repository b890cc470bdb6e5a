"""`python -m ops.rekey`."""

from ops.rekey.cli import main

main()
