"""Tests any stack under load with locust: sign-in, orders, payments and reveals at a chosen rate."""
