"""Measures orders on the local stack's deployed template, from a producer's put to a consumer's receive."""
