import type { Command } from 'commander';
import { createPublisher, EVENTS_STREAM, tail } from '../adapters/nats';
import type { StoredMessage } from '../contracts';
import { MAX_EVENT_BYTES, oneLine, originalSubject, parseEventType } from '../contracts';
import { addContracts } from './contracts';
import { CliError, EXIT } from './exit';
import { contractOf, newEvent } from './new-event';
import type { Assignment, Output } from './options';
import {
  assignment,
  contextName,
  correlationKey,
  duration,
  moment,
  sequenceNumber,
  wholeNumber,
  withOutput,
} from './options';
import { payloadOf } from './payload';
import { exitCodeOf, routesToWaitFor, waitForEnd, wordsOf } from './wait';
import type { CliContext } from './context';

interface PublishOptions extends Output {
  readonly type?: string;
  readonly file?: string;
  readonly example?: true;
  readonly set?: readonly Assignment[];
  readonly id?: string;
  readonly source?: string;
  readonly wait?: true;
  readonly expect?: string;
  readonly timeout: number;
}

interface TailOptions extends Output {
  readonly type?: string;
  readonly context?: string;
  readonly key?: string;
  readonly from?: number;
  readonly since?: Date;
  readonly count?: number;
  readonly follow: boolean;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const MOST_COUNTED = 1_000_000;

export function addEvents(program: Command, cliContext: CliContext): void {
  const events = program
    .command('events')
    .description('publish events, and watch them come; document their contracts');
  addContracts(events, cliContext);
  withOutput(
    events
      .command('publish')
      .description('checks one event against its contract and publishes it')
      .argument('[input]', '"-": the event from standard input')
      .option('--type <type>', 'of a contract, whole or its end: <context>.<fact> for the newest version')
      .option('--file <file>', 'a CloudEvent as JSON, or with --type its data alone')
      .option('--example', "the example of the type's contract")
      .option('--set <path=value>', 'puts a value into the event, data.name=value; repeatable', assignment)
      .option('--id <id>', 'of the event; a new one otherwise. The same source and id is the same event')
      .option('--source <source>', 'of the event')
      .option('--wait', 'waits until the processes that the event reaches have ended; see the exit codes')
      .option(
        '--expect <state>',
        'with --wait: the end that counts as success; default: the one that the process names',
      )
      .option('--timeout <time>', 'with --wait: gives up after it', duration, DEFAULT_TIMEOUT_MS),
  ).action((input: string | undefined, options: PublishOptions) => publish(cliContext, input, options));

  withOutput(
    events
      .command('tail')
      .description('shows events as they are published; nobody else misses one because of that')
      .option('--type <type>', 'events of this type only')
      .option('--context <context>', 'events of this context only: the word before the fact', contextName)
      .option('--key <key>', 'events with this correlation key only', correlationKey)
      .option('--from <sequence>', 'from this sequence of the stream on', sequenceNumber)
      .option('--since <time>', 'from then on: 10m (ago), or 2026-01-31T12:00:00Z', moment)
      .option('-n, --count <number>', 'ends after so many', wholeNumber(1, MOST_COUNTED))
      .option('--no-follow', 'ends at the end of the stream instead of waiting for more'),
  ).action((options: TailOptions) => showTail(cliContext, options));
}

async function publish(
  cliContext: CliContext,
  input: string | undefined,
  options: PublishOptions,
): Promise<void> {
  const { terminal, catalogue } = cliContext;
  const { type, set, id, source } = options;
  const text = await draftText(cliContext, input, options);
  const { event, outgoing } = newEvent({ type, text, set, id, source }, catalogue);
  if (outgoing.body.byteLength > MAX_EVENT_BYTES) {
    const message = `the event has ${outgoing.body.byteLength} bytes, at most ${MAX_EVENT_BYTES} are allowed`;
    throw new CliError('invalid-event', message, EXIT.failed, { reason: 'too-large' });
  }
  if (options.wait) routesToWaitFor(cliContext, event);
  const nats = await cliContext.nats();
  const receipt = await createPublisher(nats.jetstream())(outgoing);
  const published = {
    id: event.id,
    source: event.source,
    type: event.type,
    key: event.key,
    subject: outgoing.subject,
    ...receipt,
  };
  if (options.output === 'text') {
    const known = receipt.duplicate ? ', which was there already' : '';
    terminal.out(`${outgoing.subject} is event ${receipt.sequence} of ${receipt.stream}${known}`);
  }
  if (!options.wait) {
    if (options.output === 'json') terminal.out(JSON.stringify(published));
    return;
  }
  const outcomes = await waitForEnd(cliContext, event, receipt.sequence, {
    expected: options.expect,
    timeoutMs: options.timeout,
  });
  if (options.output === 'json') terminal.out(JSON.stringify({ ...published, outcomes }));
  else for (const outcome of outcomes) terminal.out(wordsOf(outcome));
  cliContext.exitWith(exitCodeOf(outcomes));
}

async function draftText(
  { terminal }: CliContext,
  input: string | undefined,
  { file, example, type }: PublishOptions,
): Promise<Uint8Array | undefined> {
  const sources = [input !== undefined, file !== undefined, example === true].filter(Boolean).length;
  if (sources !== 1 || (input !== undefined && input !== '-') || (example && type === undefined)) {
    const message = 'say where the event is: --file <file>, - for standard input, or --type <type> --example';
    throw new CliError('usage', message, EXIT.usage);
  }
  if (input === '-') return terminal.input();
  return file === undefined ? undefined : terminal.file(file);
}

async function showTail(cliContext: CliContext, options: TailOptions): Promise<void> {
  const { terminal } = cliContext;
  const { from, since, count = Infinity } = options;
  if (from !== undefined && since !== undefined) {
    throw new CliError('usage', '--from and --since exclude each other', EXIT.usage);
  }
  const subjects = subjectsOf(cliContext, options);
  const begin = from === undefined ? since && { time: since } : { sequence: from };
  let shown = 0;
  for await (const message of tail(await cliContext.nats(), EVENTS_STREAM, {
    subjects,
    // What is there already is the whole answer of a command that does not wait.
    from: begin ?? (options.follow ? undefined : { sequence: 1 }),
    untilEnd: !options.follow,
    signal: terminal.interrupted,
  })) {
    terminal.out(options.output === 'json' ? JSON.stringify(tailed(message)) : tailLine(message));
    if (++shown >= count) return;
  }
}

function subjectsOf({ catalogue }: CliContext, { type, context = '*', key = '*' }: TailOptions): string {
  if (type === undefined) return `p.*.${context}.*.*.${key}`;
  const parsed = parseEventType(contractOf(type, catalogue).type);
  if (!parsed) throw new TypeError(`a contract has the type ${type}`);
  if (context !== '*' && context !== parsed.context) {
    throw new CliError('usage', `${type} is of the context ${parsed.context}`, EXIT.usage);
  }
  return `p.*.${parsed.context}.${parsed.fact}.v${parsed.major}.${key}`;
}

function tailed({ sequence, storedAt, subject, headers, body }: StoredMessage) {
  const payload = payloadOf(body);
  return {
    sequence,
    storedAt: storedAt.toISOString(),
    subject: originalSubject(subject),
    ...('json' in payload && isObject(payload.json) && 'specversion' in payload.json
      ? { event: payload.json }
      : { headers, payload }),
  };
}

function tailLine({ sequence, storedAt, subject, body }: StoredMessage): string {
  const payload = payloadOf(body);
  const event = 'json' in payload && isObject(payload.json) ? payload.json : {};
  const source = typeof event['source'] === 'string' ? `  ${event['source']}` : '';
  return oneLine(`${storedAt.toISOString()}  ${sequence}  ${originalSubject(subject)}${source}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
