"""Shows the state of a whole stack on one screen."""
