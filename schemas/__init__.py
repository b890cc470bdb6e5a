"""The contracts: raw events with their field kinds, the sanitized event, the dead letter."""
