// Every verb of the command line on real servers, with a bridge and a worker of the ping domain behind it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import {
  createPublisher,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
} from '../../../../src/adapters/nats';
import type { SagaResult } from '../../../../src/contracts';
import type { TestBridge } from '../../../support/bridge';
import { startTestBridge, testTemporal } from '../../../support/bridge';
import type { Said, TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent, pongEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

jest.setTimeout(90_000);

let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let bridge: TestBridge;
let cli: TestCli;

beforeAll(async () => {
  temporal = testTemporal();
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
  bridge = await startTestBridge({ url: nats.url, name: 'bridge' });
  cli = testCli(serverSettings(nats.url));
});
afterAll(async () => {
  await bridge.stop();
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close()]);
});

interface DeadLetters {
  deadLetters: { sequence: number; reason: string; state: string; key: string }[];
  next: number | null;
}

async function counts(): Promise<number[]> {
  const manager = await nats.connection.jetstreamManager();
  const streams = [EVENTS_STREAM, DEAD_LETTERS_STREAM, OPERATIONS_STREAM];
  return Promise.all(streams.map(async (name) => (await manager.streams.info(name)).state.messages));
}

/** The exit code, the cause, and no stream has another message. */
async function refused(
  code: number,
  cause: string,
  attempt: () => Promise<Said>,
): Promise<Record<string, unknown>> {
  const before = await counts();
  const said = await attempt();
  expect([said.code, said.out, said.problem()['code']]).toEqual([code, '', cause]);
  expect(await counts()).toEqual(before);
  return said.problem();
}

const published = async (...args: string[]) => {
  const said = await cli('events', 'publish', ...args, '-o', 'json');
  expect(said.error).toBe('');
  return said;
};

const opened = (key: string) =>
  until('the workflow is open', () =>
    temporal.workflow
      .getHandle(`ping-${key}`)
      .describe()
      .then(
        () => true,
        () => false,
      ),
  );

async function deadLetteredFor(key: string, count = 1): Promise<DeadLetters['deadLetters']> {
  return until('dead letters', async () => {
    const { deadLetters } = (
      await cli('dead-letters', 'list', '--key', key, '--all', '-o', 'json')
    ).json() as unknown as DeadLetters;
    return deadLetters.length >= count && deadLetters;
  });
}

describe('events publish', () => {
  test('publishes the example of a contract with values put into it, and says where it is', async () => {
    const key = newKey();
    const said = await published('--type', 'pings.pinged', '--example', '--set', `data.pingId=${key}`);
    expect(said.code).toBe(0);
    const receipt = said.json();
    expect(receipt).toMatchObject({
      type: 'test.sagaline.pings.pinged.v2',
      key,
      subject: `evt.pings.pinged.v2.${key}`,
      stream: 'EVENTS',
      duplicate: false,
    });
    await opened(key);
  });

  test('takes a CloudEvent from a file or from standard input, and data with a type', async () => {
    const key = newKey();
    const event = Buffer.from(pingEvent(key).body).toString();
    const fromFile = await cli.given({ files: { 'event.json': event } })(
      'events',
      'publish',
      '--file',
      'event.json',
      '-o',
      'json',
    );
    expect(fromFile.json()).toMatchObject({ key, duplicate: false });
    const fromInput = await cli.given({ input: event })('events', 'publish', '-', '-o', 'json');
    expect(fromInput.json()).toMatchObject({ key, duplicate: true });
    const data = JSON.stringify({ pingId: key, urgency: 2 });
    const wrapped = cli.given({ input: data });
    expect(
      (await wrapped('events', 'publish', '-', '--type', 'pings.pinged.v2', '-o', 'json')).json(),
    ).toMatchObject({ key });
  });

  test('refuses what no contract takes, with the place of what is wrong', async () => {
    const of =
      (...args: string[]) =>
      () =>
        cli('events', 'publish', ...args, '-o', 'json');
    expect(
      await refused(
        1,
        'invalid-event',
        of('--type', 'pings.pinged', '--example', '--set', 'data.urgency=99'),
      ),
    ).toMatchObject({ reason: 'invalid-data', path: 'data.urgency' });
    await refused(1, 'no-such-place', of('--type', 'pings.pinged', '--example', '--set', 'data.a.b=1'));
    const unknown = await refused(2, 'unknown-type', of('--type', 'pings.punged', '--example'));
    expect(unknown['message']).toContain('test.sagaline.pings.pinged.v2');
    await refused(2, 'usage', of('--type', 'pings.pinged'));
    await refused(2, 'usage', of('--example'));
    await refused(2, 'usage', of('--example', '--type', 'pings.pinged', '--no-such-option'));
    await refused(1, 'failed', of('--file', 'not-there.json'));
    await refused(1, 'invalid-event', () =>
      cli.given({ input: 'no JSON' })('events', 'publish', '-', '-o', 'json'),
    );
    await refused(2, 'usage', () => cli.given({ input: '{}' })('events', 'publish', '-', '-o', 'json'));
  });

  const send = (event: { body: Uint8Array }, ...args: string[]) =>
    cli.given({ input: Buffer.from(event.body).toString() })(
      'events',
      'publish',
      '-',
      '--wait',
      '-o',
      'json',
      ...args,
    );

  test('--wait ends with the process: the end that it calls good, or the expected one, is success', async () => {
    const publish = createPublisher(nats.connection.jetstream());
    const [key, other, another] = [newKey(), newKey(), newKey()];
    for (const each of [key, other, other, another, another]) await publish(pingEvent(each));
    const ended = await send(pongEvent(key));
    expect([ended.code, ended.json()['outcomes']]).toEqual([
      0,
      [expect.objectContaining({ workflowId: `ping-${key}`, state: 'ponged after 1', good: true })],
    ]);
    const otherwise = await send(pongEvent(other));
    expect([otherwise.code, otherwise.json()['outcomes']]).toEqual([
      3,
      [expect.objectContaining({ kind: 'ended', state: 'ponged after 2', good: false })],
    ]);
    expect((await send(pongEvent(another), '--expect', 'ponged after 2')).code).toBe(0);
  });

  test('--wait tells a failed workflow, a dead letter, and one that is still open', async () => {
    const key = newKey();
    await createPublisher(nats.connection.jetstream())(pingEvent(key));
    const failed = await send(pongEvent(key, { note: 'fail' }));
    expect([failed.code, failed.json()['outcomes']]).toEqual([
      4,
      [expect.objectContaining({ kind: 'failed', status: 'failed' })],
    ]);
    const nobody = await send(pongEvent(newKey()));
    expect([nobody.code, nobody.json()['outcomes']]).toEqual([
      5,
      [expect.objectContaining({ kind: 'dead-letter', reason: 'unmatched' })],
    ]);
    const open = await send(pingEvent(newKey()), '--timeout', '1s');
    expect([open.code, open.json()['outcomes']]).toEqual([6, [expect.objectContaining({ kind: 'open' })]]);
  });

  test('--wait says that no bridge is there, and that no route takes the event', async () => {
    const alone = testCli({ ...serverSettings(nats.url), BRIDGE_NAME: 'nobody' });
    const said = await alone(
      ...['events', 'publish', '--type', 'pings.pinged', '--example', '--set', `data.pingId=${newKey()}`],
      ...['--wait', '--timeout', '1s', '-o', 'json'],
    );
    expect([said.code, said.json()['outcomes']]).toEqual([6, [{ kind: 'waiting' }]]);
    await refused(1, 'no-route', () => send(pongEvent(newKey(), { note: 'ignore me' })));
  });
});

describe('events tail', () => {
  const tailed = async (...args: string[]) => {
    const { out, code } = await cli('events', 'tail', '-o', 'json', ...args);
    expect(code).toBe(0);
    return out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { sequence: number; subject: string; event?: { id: string } });
  };

  test('shows what is there, by key, type, context, place and time, and ends', async () => {
    const [key, other] = [newKey(), newKey()];
    const publish = createPublisher(nats.connection.jetstream());
    const [first, second] = [pingEvent(key), pongEvent(key)];
    const { sequence } = await publish(first);
    await publish(pingEvent(other));
    await sleep(20);
    const since = new Date().toISOString();
    await sleep(20);
    await publish(second);
    const ids = async (...args: string[]) =>
      (await tailed('--no-follow', '--key', key, ...args)).map(({ event }) => event?.id);
    expect(await ids()).toEqual([first.id, second.id]);
    expect(await ids('--type', 'pings.ponged')).toEqual([second.id]);
    expect(await ids('--context', 'orders')).toEqual([]);
    expect(await ids('--from', String(sequence + 1))).toEqual([second.id]);
    expect(await ids('--since', since)).toEqual([second.id]);
    expect(await ids('-n', '1')).toEqual([first.id]);
    const text = await cli('events', 'tail', '--no-follow', '--key', key);
    expect(text.out.split('\n')).toHaveLength(2);
    expect(text.out).toContain(`evt.pings.ponged.v1.${key}`);
  });

  test('follows what comes, ends when it is told to, and makes no consumer', async () => {
    const key = newKey();
    const interrupted = new AbortController();
    const following = cli.given({ interrupted: interrupted.signal })(
      ...['events', 'tail', '--key', key, '-o', 'json', '-n', '2'],
    );
    const publish = createPublisher(nats.connection.jetstream());
    // It begins at some moment: of these events it shows the two after that.
    let ended = false;
    void following.then(() => (ended = true));
    await until('the tail has shown two', async () => {
      await publish(pingEvent(key));
      return ended;
    });
    const said = await following;
    const [first, second] = said.out.split('\n').map((line) => JSON.parse(line) as { sequence: number });
    expect(said.code).toBe(0);
    expect(second?.sequence).toBeGreaterThan(first?.sequence ?? Infinity);

    const endless = cli.given({ interrupted: interrupted.signal })('events', 'tail', '--key', key);
    await sleep(300);
    interrupted.abort();
    expect((await endless).code).toBe(0);
    const manager = await nats.connection.jetstreamManager();
    expect((await manager.streams.info(EVENTS_STREAM)).state.consumer_count).toBe(64);
  });

  test('shows a message that is no event as it is', async () => {
    const key = newKey();
    await nats.connection
      .jetstream()
      .publish(`evt.pings.pinged.v2.${key}`, Buffer.from('no \u001b[2J event'));
    expect(await tailed('--no-follow', '--key', key)).toMatchObject([
      { payload: { text: 'no \u001b[2J event' } },
    ]);
    expect((await cli('events', 'tail', '--no-follow', '--key', key)).out).not.toContain('\u001b');
  });
});

describe('trace', () => {
  test('tells the life of a process from all stores, in the order of time', async () => {
    const key = newKey();
    const publish = createPublisher(nats.connection.jetstream());
    await publish(pingEvent(key));
    await opened(key);
    await publish(pongEvent(key));
    await until(
      'the end',
      async () => ((await temporal.workflow.getHandle(`ping-${key}`).result()) as SagaResult).state,
    );
    await publish(pongEvent(key));
    const [deadLetter] = await deadLetteredFor(key);
    await cli('dead-letters', 'discard', String(deadLetter?.sequence), '--why', 'a second pong');

    const said = await cli('trace', key, '-o', 'json');
    const trace = said.json() as {
      timeline: { at: string; kind: string }[];
      workflows: object[];
      incomplete: string[];
    };
    expect(trace.timeline.map(({ kind }) => kind)).toEqual([
      ...['event-in', 'started', 'event'],
      ...['event-in', 'event', 'ended'],
      ...['event-in', 'dead-letter', 'discarded'],
    ]);
    const times = trace.timeline.map(({ at }) => Date.parse(at));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(trace.incomplete).toEqual([]);
    expect(trace.workflows).toMatchObject([
      { workflowId: `ping-${key}`, link: expect.stringContaining(`/workflows/ping-${key}/`) },
    ]);
    const words = await cli('pings', 'trace', key);
    expect(words.out).toContain('│ ◂ received pings.ponged');
    expect(words.out).toContain('└ completed: ponged after 1');
    expect(words.out).toContain('discarded by tester: a second pong');
  });

  test('says what could not be asked, and still tells the rest', async () => {
    const key = newKey();
    await published('--type', 'pings.pinged', '--example', '--set', `data.pingId=${key}`);
    const nowhere = { DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/c', TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const partly = testCli({ ...serverSettings(nats.url), ...nowhere });
    const { timeline, incomplete } = (await partly('trace', key, '-o', 'json')).json() as {
      timeline: { kind: string }[];
      incomplete: string[];
    };
    expect(timeline.map(({ kind }) => kind)).toEqual(['event-in']);
    expect(incomplete).toEqual([expect.stringMatching(/^workflows: /), expect.stringMatching(/^outbox: /)]);
  });

  test('refuses a key that nobody knows, and a workflow that is none', async () => {
    await refused(1, 'unknown-key', () => cli('trace', newKey(), '-o', 'json'));
    const error = await refused(2, 'unknown-workflow', () =>
      cli('trace', newKey(), '--workflow', 'pong', '-o', 'json'),
    );
    expect(error['message']).toContain('known is ping');
    await refused(2, 'usage', () => cli('trace', 'a key', '-o', 'json'));
  });
});

describe('dead-letters', () => {
  /** An event with an urgency out of range. */
  async function malformed(key = newKey()): Promise<{ key: string; sequence: number; id: string }> {
    const id = randomUUID();
    const event = JSON.parse(Buffer.from(pingEvent(key, { id }).body).toString()) as { data: object };
    const body = JSON.stringify({ ...event, data: { ...event.data, urgency: 99 } });
    await nats.connection.jetstream().publish(`evt.pings.pinged.v2.${key}`, Buffer.from(body));
    const [deadLetter] = await deadLetteredFor(key);
    return { key, sequence: deadLetter?.sequence ?? 0, id };
  }
  const dead = (...args: string[]) => cli('dead-letters', ...args, '-o', 'json');

  test('found, read, edited, redriven: its workflow completes', async () => {
    const { key, sequence, id } = await malformed();
    const of = String(sequence);
    expect((await dead('list', '--reason', 'invalid-data', '--key', key)).json()).toMatchObject({
      deadLetters: [{ sequence, key, reason: 'invalid-data', state: 'open', path: 'data.urgency' }],
      next: null,
    });
    expect((await dead('show', of)).json()).toMatchObject({
      sequence,
      payload: { json: { id, data: { urgency: 99 } } },
      operations: [],
    });
    await refused(1, 'invalid', () => dead('redrive', of));
    expect(await refused(1, 'invalid', () => dead('edit', of, '--set', 'data.urgency=98'))).toMatchObject({
      reason: 'invalid-data',
      path: 'data.urgency',
    });
    expect(
      (await dead('edit', of, '--set', 'data.urgency=7', '--why', 'a typing error')).json(),
    ).toMatchObject({
      sequence,
      operation: { kind: 'edited', by: 'tester', why: 'a typing error' },
    });
    const dry = await refusedNothing(() => dead('redrive', of, '--dry-run'));
    expect(dry.json()).toMatchObject({ dryRun: true, redriven: [{ sequence, workflows: [`ping-${key}`] }] });
    const said = await dead('redrive', of);
    expect([said.code, said.json()]).toMatchObject([
      0,
      { redriven: [{ sequence, operation: { kind: 'redriven', by: 'tester', n: 2 } }], refused: [] },
    ]);
    expect((await dead('list', '--key', key)).json()).toEqual({ deadLetters: [], next: null });

    const pong = cli.given({ input: Buffer.from(pongEvent(key).body).toString() });
    const end = await pong('events', 'publish', '-', '--wait', '--expect', 'ponged after 1', '-o', 'json');
    expect(end.code).toBe(0);
    await refused(1, 'not-open', () => dead('redrive', of));
    expect((await cli('dead-letters', 'show', of)).out).toMatch(/redriven by tester/);
    expect((await cli('pings', 'trace', key)).out).toContain(`redriven from dead letter ${sequence}`);
  });

  async function refusedNothing(attempt: () => Promise<Said>): Promise<Said> {
    const before = await counts();
    const said = await attempt();
    expect(await counts()).toEqual(before);
    return said;
  }

  test('what does not exist or makes no sense is refused', async () => {
    const { sequence } = await malformed();
    for (const verb of ['show', 'redrive', 'edit', 'discard']) {
      const more = { edit: ['--set', 'data.urgency=1'], discard: ['--why', 'x'] }[verb] ?? [];
      await refused(1, 'unknown-dead-letter', () => dead(verb, '999999', ...more));
      await refused(2, 'usage', () => dead(verb, 'seventeen', ...more));
    }
    await refused(2, 'usage', () => dead('list', '--reason', 'no-such-reason'));
    await refused(2, 'usage', () => dead('list', '--limit', '0'));
    await refused(2, 'usage', () => dead('list', '--key', '*'));
    await refused(2, 'usage', () => dead('list', '--since', 'yesterday'));
    await refused(2, 'usage', () => dead('redrive'));
    await refused(2, 'usage', () => dead('redrive', String(sequence), '--reason', 'late'));
    await refused(2, 'usage', () => dead('edit', String(sequence)));
    await refused(2, 'usage', () => dead('discard', String(sequence)));
    await refused(1, 'identity-changed', () =>
      dead('edit', String(sequence), '--set', 'data.urgency=1', '--set', 'id=another'),
    );
    const discarded = await dead('discard', String(sequence), '--why', 'of no use');
    expect(discarded.json()).toMatchObject({ operation: { kind: 'discarded', why: 'of no use' } });
    await refused(1, 'not-open', () => dead('discard', String(sequence), '--why', 'again'));
  });

  test('by a filter: the oldest first, those that cannot go are named, and nothing goes twice', async () => {
    const key = newKey();
    const publish = createPublisher(nats.connection.jetstream());
    const pongs = [pongEvent(key), pongEvent(key)];
    for (const pong of pongs) await publish(pong);
    await deadLetteredFor(key, 2);
    const nobody = await dead('redrive', '--key', key);
    expect([nobody.code, nobody.json()]).toMatchObject([
      1,
      { redriven: [], refused: [{ refusal: 'undeliverable' }, {}] },
    ]);

    await publish(pingEvent(key));
    await opened(key);
    const limited = await dead('redrive', '--key', key, '--limit', '1');
    const [first] = (limited.json() as { redriven: { sequence: number }[] }).redriven;
    expect(first?.sequence).toBe(
      Math.min(...(await deadLetteredFor(key, 2)).map(({ sequence }) => sequence)),
    );
    expect(((await temporal.workflow.getHandle(`ping-${key}`).result()) as SagaResult).state).toBe(
      'ponged after 1',
    );
    expect((await dead('redrive', '--reason', 'unmatched', '--key', key)).json()).toMatchObject({
      refused: [{ refusal: 'undeliverable', message: expect.stringContaining('has closed') }],
    });
  });
});

test('without servers, and with a configuration that is none, it says so', async () => {
  const nowhere = testCli({ NATS_URL: 'nats://secret:word@127.0.0.1:1' });
  const said = await nowhere('dead-letters', 'list', '-o', 'json');
  expect([said.code, said.problem()['code']]).toEqual([1, 'nats-unavailable']);
  expect(said.error).not.toContain('word');
  const wrong = await testCli({ NATS_URL: 'nonsense' })('dead-letters', 'list', '-o', 'json');
  expect([wrong.code, wrong.problem()['code']]).toEqual([2, 'configuration']);
});
