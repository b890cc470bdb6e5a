"""Translates SAM templates as CloudFormation does with the transform `AWS::Serverless`."""

import json
import logging
import os
from functools import lru_cache
from typing import Any

from samtranslator.translator.transform import transform

Node = Any
Template = dict[str, Node]

REGION = "eu-central-1"

# It warns of features that it looks for in a file of its makers, and of metrics that nobody but them publishes.
_MAKERS_OWN = ("samtranslator.feature_toggle.feature_toggle", "samtranslator.metrics.metrics")


def translated(template: Template) -> Template:
    """Returns a SAM template as plain CloudFormation, with parameters and conditions still open.

    Args:
        template: with addresses of packages in place of folders; it is left as it is.
    """
    plain: Template = json.loads(_translated(json.dumps(template)))
    return plain


@lru_cache(maxsize=64)
def _translated(text: str) -> str:
    """Returns a template as text, translated: checks ask for the same ones again and again."""
    for name in _MAKERS_OWN:
        logging.getLogger(name).setLevel(logging.ERROR)
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # read by the translator; nothing is called
    return json.dumps(transform(json.loads(text), {}, _NoManagedPolicies()))


class _NoManagedPolicies:
    """Stands for AWS's list of managed policies, which the template names none of."""

    def load(self) -> dict[str, str]:
        return {}
