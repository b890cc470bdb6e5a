"""Checks the audit trail: is it whole, and if not, where does it break?"""
