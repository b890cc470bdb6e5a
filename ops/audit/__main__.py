"""`python -m ops.audit`."""

from ops.audit.cli import main

main()
