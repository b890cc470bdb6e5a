"""`python -m local`: the same as `order-tokenizer local`."""

from local.cli import main

main()
