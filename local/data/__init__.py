"""Generated orders, customers and poison."""
