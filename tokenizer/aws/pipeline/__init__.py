"""Connects the pipeline to EventBridge, SQS, S3 and DynamoDB: bus, dead letters, blind index and aliases."""
