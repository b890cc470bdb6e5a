"""Defines what all routes of the API share: who may ask, what a request may be, and what errors look like."""
