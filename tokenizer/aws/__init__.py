"""Holds the adapters to AWS. Only this package uses boto3 and dynamodb-encryption-sdk."""
