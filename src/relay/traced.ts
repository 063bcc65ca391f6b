import type { Publish } from '../adapters/nats';
import { readEnvelope, readTrace } from '../contracts';
import type { Tracing } from '../tracing';
import { inSpan } from '../tracing';

/** Publishes each event in a span of the trace that the step has written into it. */
export function tracedPublish(publish: Publish, tracing: Tracing): Publish {
  if (!tracing.records) return publish;
  return (message) => {
    const parent = traceIn(message.body);
    // A dead letter, or an event of a step without a trace: a span would begin one of its own.
    if (!parent) return publish(message);
    const attributes = () => ({
      'messaging.system': 'nats',
      'messaging.destination.name': message.subject,
      'cloudevents.event_id': message.id,
      'cloudevents.event_source': message.source,
    });
    return inSpan(tracing, { name: 'publish', kind: 'producer', parent, attributes }, () => publish(message));
  };
}

function traceIn(body: Uint8Array) {
  const reading = readEnvelope({ headers: {}, body });
  if (!reading.ok || typeof reading.value !== 'object' || reading.value === null) return undefined;
  const { traceparent, tracestate } = reading.value as Record<'traceparent' | 'tracestate', unknown>;
  return readTrace(traceparent, tracestate);
}
