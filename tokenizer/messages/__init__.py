"""What functions ask each other and answer, as typed messages; the wire format is JSON."""
