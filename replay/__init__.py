"""The operator's command, `replay`, goes here; what opens letters today is `handlers/replay.py`."""
