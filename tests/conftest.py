"""What every test finds in its environment: the names that the template gives to logs and metrics."""

import os

os.environ |= {"POWERTOOLS_SERVICE_NAME": "order-tokenizer", "POWERTOOLS_METRICS_NAMESPACE": "OrderTokenizer"}
