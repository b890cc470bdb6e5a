"""Tests what a deployment uploads."""

import re

from local.emulator.package import ROOT
from local.emulator.switches import parameters
from tests.support.security.deployed import deployed
from tools.build.sources import handlers, needed_by


def test_a_deployment_of_the_core_uploads_as_little_too_much_as_the_page_says() -> None:
    """`sam build` knows no switch: it builds the functions of all modules, and all but their handlers is in the layer."""
    left_out = handlers().keys() - deployed({"Rekeying": "true", **parameters(())}).functions().keys()
    assert left_out == {"ApiFunction", "HoneyFunction", "PaymentFunction", "SignInKeysFunction"}
    size = sum(path.stat().st_size for name in left_out for path in needed_by(handlers()[name]))
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"uploads (\d+) KB too much", " ".join(page.split()))
    assert int(told) / 2 < size / 1000 < int(told)
