"""Makes a customer's values unreadable for good."""
