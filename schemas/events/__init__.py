"""One file per event type and version; the registry finds whatever stands here."""
