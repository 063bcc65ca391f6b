"""Reads events as JSON from stdin, and writes the messages that the CloudEvents SDK makes of each, in every mode of both of its APIs."""

import base64
import json
import sys
from datetime import datetime

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1.conversion import to_binary as old_binary
from cloudevents.v1.conversion import to_structured as old_structured
from cloudevents.v1.http import CloudEvent as OldCloudEvent


def message(headers, body):
    encoded = body if isinstance(body, bytes) else str(body).encode()
    return {"headers": dict(headers), "body": base64.b64encode(encoded).decode()}


def messages_of(attributes, data):
    typed = dict(attributes)
    if "time" in typed:
        typed["time"] = datetime.fromisoformat(typed["time"].replace("Z", "+00:00"))
    event = CloudEvent(attributes=typed, data=data)
    old = OldCloudEvent(attributes, data)
    for mode, made in (
        ("binary", to_binary_event(event)),
        ("structured", to_structured_event(event)),
    ):
        yield {"api": "core", "mode": mode, **message(made.headers, made.body)}
    yield {"api": "v1", "mode": "binary", **message(*old_binary(old))}
    yield {"api": "v1", "mode": "structured", **message(*old_structured(old))}


def main():
    made = [list(messages_of(event["attributes"], event["data"])) for event in json.load(sys.stdin)]
    json.dump(made, sys.stdout)


main()
