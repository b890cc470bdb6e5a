"""The engine: the whole tokenizing path from Lambda's event to botocore's requests, with the network taken away."""
