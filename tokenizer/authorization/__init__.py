"""Decides who may ask what: the actions of the policies, and how consistent tokens are kept from guessers."""
