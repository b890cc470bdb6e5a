"""The demo: the main job, start to end."""
