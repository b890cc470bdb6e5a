"""What builds, checks and documents the product."""
