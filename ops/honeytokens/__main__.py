"""`python -m ops.honeytokens`."""

from ops.honeytokens.cli import main

main()
