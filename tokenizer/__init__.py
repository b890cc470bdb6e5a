"""Turns raw records into sanitized events. It ships as a Lambda layer together with `schemas`."""
