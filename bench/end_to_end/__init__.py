"""Orders through the deployed template on the local stack, from the producer's put to a consumer's receive."""
