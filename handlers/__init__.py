"""Holds the Lambda entry points. Each one turns an event into values, calls one use case, and answers."""
