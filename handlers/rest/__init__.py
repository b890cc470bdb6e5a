"""What every answer of the API has in common: who may ask, what a request may be, what errors look like."""
