"""Measures the whole tokenizing path, from Lambda's event to botocore's requests, without the network."""
