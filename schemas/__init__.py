"""Defines the contracts: raw events with their field kinds, the sanitized event, and the dead letter."""
