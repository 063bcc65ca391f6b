import type { Command } from 'commander';
import { EVENTS_STREAM, tail } from '../../adapters/nats';
import type { StoredMessage } from '../../contracts';
import { oneLine, originalSubject, parseEventType, storedIn } from '../../contracts';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { contextName, correlationKey, moment, sequenceNumber, wholeNumber, withOutput } from '../options';
import { payloadOf } from '../../operator/payload';
import type { CliContext } from '../context';
import { contractOf } from './new-event';

interface TailOptions extends Output {
  readonly type?: string;
  readonly context?: string;
  readonly key?: string;
  readonly from?: number;
  readonly since?: Date;
  readonly count?: number;
  readonly follow: boolean;
}

const MOST_COUNTED = 1_000_000;

export function addTail(events: Command, cliContext: CliContext): void {
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

async function showTail(cliContext: CliContext, options: TailOptions): Promise<void> {
  const { auditing, terminal } = cliContext;
  const { from, since, count = Infinity } = options;
  if (from !== undefined && since !== undefined) {
    throw new CliError('usage', '--from and --since exclude each other', EXIT.usage);
  }
  const subjects = subjectsOf(cliContext, options);
  const begin = from === undefined ? since && { time: since } : { sequence: from };
  await auditing.read({
    action: 'events.tail',
    target: subjects,
    details: { from, since: since?.toISOString() },
  });
  let shown = 0;
  for await (const message of tail(await cliContext.nats(), EVENTS_STREAM, {
    subjects,
    // A command that does not wait shows the events that the stream has already.
    from: begin ?? (options.follow ? undefined : { sequence: 1 }),
    untilEnd: !options.follow,
    signal: terminal.interrupted,
  })) {
    terminal.out(options.output === 'json' ? JSON.stringify(tailed(message)) : tailLine(message));
    if (++shown >= count) return;
  }
}

function subjectsOf({ catalogue }: CliContext, { type, context = '*', key = '*' }: TailOptions): string {
  if (type === undefined) return `${storedIn.anywhere}.${context}.*.*.${key}`;
  const parsed = parseEventType(contractOf(type, catalogue).type);
  if (!parsed) throw new TypeError(`a contract has the type ${type}`);
  if (context !== '*' && context !== parsed.context) {
    throw new CliError('usage', `${type} is of the context ${parsed.context}`, EXIT.usage);
  }
  return `${storedIn.anywhere}.${parsed.context}.${parsed.fact}.v${parsed.major}.${key}`;
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
