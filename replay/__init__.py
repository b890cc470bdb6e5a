"""Shows operators what failed, and replays it: the command `replay`."""
