"""Adds an API's error answers through API Gateway's own calls, as the emulator's CloudFormation leaves them out."""

from typing import Any

API = "AWS::Serverless::Api"


def finish(client: Any, api_url: str, template: dict[str, Any]) -> None:
    """Gives an API the gateway responses of its template, and deploys it with them.

    Args:
        client: of API Gateway.
        api_url: where AWS would serve it: the API's id, and the stage.
        template: as deployed.
    """
    host, _, stage = api_url.removeprefix("https://").partition("/")
    api_id = host.partition(".")[0]
    (properties,) = (each["Properties"] for each in template["Resources"].values() if each["Type"] == API)
    for kind, response in properties["GatewayResponses"].items():
        headers = response.get("ResponseParameters", {}).get("Headers", {})
        status = {"statusCode": str(response["StatusCode"])} if "StatusCode" in response else {}
        client.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            # A header under a condition is for an allowed origin, and the local stack allows none.
            responseParameters={
                f"gatewayresponse.header.{name}": value
                for name, value in headers.items()
                if isinstance(value, str)
            },
            responseTemplates=response["ResponseTemplates"],
            **status,
        )
    client.create_deployment(restApiId=api_id, stageName=stage)
