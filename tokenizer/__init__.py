"""The tokenizer: raw records in, sanitized events out. Ships as a Lambda layer together with `schemas`."""
