"""Runs `order-tokenizer` as `python -m ops`."""

from ops.app import main

main()
