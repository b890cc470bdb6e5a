"""A load test with locust: sign-in, orders, payments and reveals at a chosen rate, against any stack."""
