"""The adapters to AWS: the only home of boto3 and dynamodb-encryption-sdk."""
