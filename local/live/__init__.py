"""The live page: a person watches orders go in and events come out, on the local stack alone."""
