// A role starts while JetStream is too busy to answer: it asks again, says so once, and gives up behind a bound.
import type { JetStreamManager } from 'nats';
import { ErrorCode, NatsError } from 'nats';
import {
  connectNats,
  consumeEvents,
  provisionStreams,
  startingPatience,
} from '../../../../src/adapters/nats';
import { PARTITIONS } from '../../../../src/contracts';
import { rememberingLog, silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats({ provisioned: false });
});
afterAll(() => nats.stop());

const timeout = () => NatsError.errorForCode(ErrorCode.Timeout);
const MESSAGES = ['JetStream has not answered; asking again'];

/** A connection to a JetStream that does not answer the first requests of each kind. */
async function busy(unanswered: number) {
  const connection = await connectNats({ url: nats.url, name: 'busy', log: silentLog });
  const managerOf = connection.jetstreamManager.bind(connection);
  const failFirst = <Parameters extends unknown[], Result>(
    request: (...given: Parameters) => Promise<Result>,
  ) => {
    let failed = 0;
    return (...given: Parameters): Promise<Result> =>
      failed++ < unanswered ? Promise.reject(timeout()) : request(...given);
  };
  return Object.assign(connection, {
    jetstreamManager: async (): Promise<JetStreamManager> => {
      const manager = await managerOf();
      const { streams, consumers } = manager;
      Object.assign(streams, {
        info: failFirst(streams.info.bind(streams)),
        add: failFirst(streams.add.bind(streams)),
      });
      Object.assign(consumers, { add: failFirst(consumers.add.bind(consumers)) });
      return manager;
    },
  });
}

test('the streams and the consumers are made all the same, with one line in the log', async () => {
  const connection = await busy(2);
  const log = rememberingLog();
  await provisionStreams(
    connection,
    { replicas: 1, maxBytes: 1024 * 1024 },
    { patience: startingPatience(log) },
  );
  expect(log.lines.map(({ message }) => message)).toEqual(MESSAGES);

  const more = rememberingLog();
  const consumption = await consumeEvents(connection, {
    name: 'patient',
    handle: () => Promise.resolve(),
    log: more,
  });
  expect(more.lines.map(({ message }) => message)).toEqual(MESSAGES);
  const consumers = await (await nats.connection.jetstreamManager()).consumers.list('EVENTS').next();
  expect(consumers).toHaveLength(PARTITIONS);
  await consumption.stop();
  await connection.close();
});

test('a JetStream that never answers is given up behind the bound', async () => {
  const since = performance.now();
  await expect(
    startingPatience(silentLog, { altogetherMs: 1_000 })(() => Promise.reject(timeout())),
  ).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(performance.now() - since).toBeLessThan(2_000);
});

test('an answer that says no is not asked for again', async () => {
  let asked = 0;
  const request = async () => {
    asked++;
    const manager = await nats.connection.jetstreamManager();
    return manager.streams.info('NO_SUCH_STREAM');
  };
  await expect(startingPatience(silentLog)(request)).rejects.toThrow('stream not found');
  expect(asked).toBe(1);
});
