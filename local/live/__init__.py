"""Shows a person how orders go in and events come out, on the local stack alone: the live page."""
