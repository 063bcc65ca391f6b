// A stub of Temporal's frontend, without a server behind it: it answers every call OK. A process of its own:
// `<port> <delay in ms> [count]`. With `count` it records which events it was given, and reports at each line of its input.
import { createServer } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { createInterface } from 'node:readline';
import { temporal } from '@temporalio/proto';
import type { DomainEvent } from '../../src/contracts';
import { identityOf, SEARCH_ATTRIBUTES } from '../../src/contracts';

const [port = '0', delayMs = '0', count] = process.argv.slice(2);
const { INDEXED_VALUE_TYPE_KEYWORD } = temporal.api.enums.v1.IndexedValueType;
const { ListSearchAttributesResponse } = temporal.api.operatorservice.v1;
const { SignalWithStartWorkflowExecutionRequest } = temporal.api.workflowservice.v1;

/** The head of a gRPC message: a byte for its compression and four for its length. */
const FRAME_HEAD = 5;
const SIGNAL = '/temporal.api.workflowservice.v1.WorkflowService/SignalWithStartWorkflowExecution';

/** The answers that a bridge checks before it is ready; any other answer is an empty message. */
const ANSWERS: Readonly<Record<string, Uint8Array>> = {
  '/temporal.api.operatorservice.v1.OperatorService/ListSearchAttributes':
    ListSearchAttributesResponse.encode({
      customAttributes: Object.fromEntries(
        Object.values(SEARCH_ATTRIBUTES).map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD]),
      ),
    }).finish(),
};

function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(FRAME_HEAD + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, FRAME_HEAD);
  return frame;
}

function answer(stream: ServerHttp2Stream, path: string): void {
  if (stream.destroyed) return;
  stream.respond({ 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(framed(ANSWERS[path] ?? new Uint8Array()));
}

const seen = new Set<string>();
let signals = 0;

/** Records an event by the identity that a workflow's inbox uses. */
function remember(request: Buffer): void {
  const { signalInput } = SignalWithStartWorkflowExecutionRequest.decode(request.subarray(FRAME_HEAD));
  const [payload] = signalInput?.payloads ?? [];
  const event = JSON.parse(Buffer.from(payload?.data ?? []).toString()) as DomainEvent;
  seen.add(identityOf(event));
  signals++;
}

const server = createServer();
server.on('stream', (stream, headers) => {
  const path = headers[':path'] ?? '';
  const chunks: Buffer[] = [];
  stream.on('error', () => undefined);
  if (count !== undefined && path === SIGNAL) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  else stream.resume();
  stream.on('end', () => {
    if (chunks.length > 0) remember(Buffer.concat(chunks));
    if (delayMs === '0') answer(stream, path);
    else setTimeout(() => answer(stream, path), Number(delayMs));
  });
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
createInterface({ input: process.stdin }).on('line', () => {
  process.stdout.write(`${JSON.stringify({ signals, distinct: seen.size })}\n`);
});
