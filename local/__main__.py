"""Does the same as `order-tokenizer local`: `python -m local`."""

from local.cli import main

main()
