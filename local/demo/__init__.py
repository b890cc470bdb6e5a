"""Shows the main job from start to end: the demo."""
