"""Makes what each command would make anew, clients of AWS and the models of events: to be forked, `forked.py`."""

from schemas.registry import registry
from tests.support import quick_clients

_SERVICES = (
    *("apigateway", "cloudformation", "cloudwatch", "cognito-idp", "dynamodb", "events", "iam", "kinesis"),
    *("kms", "lambda", "logs", "s3", "sqs", "sts"),
)

quick_clients.begin()
quick_clients.make(_SERVICES)
registry()
