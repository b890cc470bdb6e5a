"""Quick stand-ins leave a request to the local stack as it is, whatever test the worker has next."""

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


@pytest.mark.parametrize(
    ("url", "signed"), [("https://kms.us-east-1.amazonaws.com/", False), ("http://127.0.0.1:4566/", True)]
)
def test_only_a_request_that_a_stand_in_answers_carries_no_signature(url: str, *, signed: bool) -> None:
    request = AWSRequest("POST", url, data=b"{}")

    SigV4Auth(Credentials("key", "secret"), "kms", "us-east-1").add_auth(request)

    assert ("X-Amz-Date" in request.headers) is signed
    assert request.headers["Authorization"].endswith("Signature=0") is not signed
