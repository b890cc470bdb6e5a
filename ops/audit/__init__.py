"""The command `verify-audit`: is the audit trail whole, and if not, where does it break?"""
