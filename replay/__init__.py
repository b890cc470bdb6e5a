"""The operator's command `replay`: what failed, and how it comes back."""
