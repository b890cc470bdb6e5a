"""Stores marks and certificates, and finds the data of a subject."""
