"""A producer in Python: publishes orders as CloudEvents to the gateway, at least once, with the official CloudEvents SDK.

    python producer.py --gateway http://127.0.0.1:8080 < orders.jsonl

Each line of the standard input is the data of one order; for each a line tells where the event is stored.
"""

import argparse
import http.client
import json
import sys
import time
import urllib.error
import urllib.request

from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent

TYPE = "dev.sagaline.shop.orders.submitted.v1"
SOURCE = "/examples/python-producer"
# The gateway itself tries for nine seconds before it answers that the stream has not confirmed an event.
ANSWER_S = 15
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 4
GIVE_UP_AFTER_S = 30
# Time-outs and too many requests; every status from 500 on is a fault of the server, too.
PASSING = {408, 429}
RECEIPT = ("id", "subject", "sequence", "duplicate")


class NotPublished(Exception):
    """The event is refused for good, or was not confirmed in time."""


def publish(gateway, event):
    """Sends one event until it is stored. Each attempt has the same source and id, so it is stored once."""
    message = to_structured_event(event)
    deadline = time.monotonic() + GIVE_UP_AFTER_S
    pause = FIRST_PAUSE_S
    while True:
        request = urllib.request.Request(f"{gateway}/events", data=bytes(message.body), headers=dict(message.headers))
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as response:
                return receipt_in(response)
        except urllib.error.HTTPError as error:
            problem = f"{error.code}: {error.read().decode()}"
            if error.code < 500 and error.code not in PASSING:
                # 409: another event has this source and id. 4xx: the event is wrong, and a repeat does not help.
                raise NotPublished(problem) from None
        except NoReceipt as error:
            problem = f"the answer is no receipt of a gateway: {error}"
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            problem = str(error)
        if time.monotonic() + pause > deadline:
            raise NotPublished(problem)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)


class NoReceipt(Exception):
    """An answer with a good status that confirms nothing, such as the page of a proxy."""


def receipt_in(response):
    text = response.read().decode(errors="replace")
    try:
        answer = json.loads(text)
        return {key: answer[key] for key in RECEIPT}
    except (ValueError, KeyError, TypeError):
        raise NoReceipt(text[:100]) from None


def event_of(line):
    """Makes the event of an order. Its id is made from the order: a repeat of the submission is the same event."""
    try:
        order = json.loads(line)
        attributes = {"type": TYPE, "source": SOURCE, "id": f"submitted:{order['orderId']}", "specversion": "1.0"}
    except (ValueError, KeyError, TypeError):
        raise NotPublished("this is no order: JSON with an orderId") from None
    return CloudEvent(attributes=attributes, data=order)


def main():
    parser = argparse.ArgumentParser(description="Publishes orders, one on each line of the standard input.")
    parser.add_argument("--gateway", default="http://127.0.0.1:8080")
    gateway = parser.parse_args().gateway
    failed = False
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        name = f"line {number}"
        try:
            event = event_of(line)
            name = event.get_id()
            print(json.dumps(publish(gateway, event)), flush=True)
        except NotPublished as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
