"""Replays records that failed.

Raw bytes go only to the tokenizing functions, or to an operator who reveals a letter.
"""
