// Temporal's development server, its frontend, web UI and metrics, on a database file or in memory.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startServer, type ServerProcess, type Supervision } from './child';
import { isListening, LOOPBACK } from './ports';

export interface TemporalOptions extends Supervision {
  binary: string;
  dataDir: string;
  /** `memory` loses its data when the server ends: for tests. */
  storage: 'file' | 'memory';
  grpcPort: number;
  uiPort: number;
  httpPort: number;
  metricsPort: number;
  /** Created if it is missing, also in an existing database. */
  namespace: string;
  /** Without the web UI. */
  headless?: boolean | undefined;
}

export interface TemporalServer extends ServerProcess {
  address: string;
  uiUrl: string | undefined;
  namespace: string;
}

// The write-ahead log saves syncs of the database file: on disk, 30 four-step sagas a second instead of 8 to 12 (two cores).
// `NORMAL` survives a kill of the server; a power cut may lose the last moments. The log is written into the database, with a
// sync of both, after 40 MB instead of 4: 380 to 450 signals a second instead of 320 to 380, from a client without Sagaline.
const PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL', 'wal_autocheckpoint=10000'];

// The development server polls its queues 20 times a second, so every hop of a workflow waits up to 50 ms. With these settings
// five sequential activities take 85 ms instead of 300 ms (measured on two cores).
const QUEUE_POLLING = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.visibilityProcessorMaxPollRPS=200',
];

// By default the server marks a workflow whose tasks fail (`TemporalReportedProblems`) after five attempts. Here it does so after
// two, within seconds.
const PROBLEMS = ['system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2'];

// A connection that is not up after this time is replaced by a new channel: the old one would wait out its back-off.
const CONNECT_TIMEOUT_MS = 2_000;

/** Starts Temporal; ready when the frontend describes the namespace. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const { grpcPort, uiPort, namespace } = options;
  const home = join(options.dataDir, 'temporal');
  await mkdir(home, { recursive: true });

  const address = `${LOOPBACK}:${grpcPort}`;
  const server = await startServer(
    {
      name: 'Temporal',
      command: options.binary,
      args: argumentsFor(options, join(home, 'temporal.db')),
      // The command line tool reads its settings from the home folder: an empty folder has no settings.
      env: { HOME: home },
      cwd: home,
      logFile: join(options.dataDir, 'logs', 'temporal.log'),
      stopSignal: 'SIGTERM',
      ready: () => namespaceAnswers(grpcPort, address, namespace),
    },
    options,
  );
  const uiUrl = options.headless === true ? undefined : `http://${LOOPBACK}:${uiPort}`;
  return { address, uiUrl, namespace, ...server };
}

// Names every port: the server chooses the others at random, and ends when it cannot open one of its ports.
function argumentsFor(options: TemporalOptions, database: string): string[] {
  const values = (flag: string, list: readonly string[]) => list.flatMap((value) => [flag, value]);
  return [
    ...['server', 'start-dev', '--ip', LOOPBACK],
    ...['--port', String(options.grpcPort), '--http-port', String(options.httpPort)],
    ...['--metrics-port', String(options.metricsPort)],
    ...(options.headless === true
      ? ['--headless']
      : ['--ui-port', String(options.uiPort), '--ui-disable-news-fetch']),
    ...['--namespace', options.namespace],
    ...(options.storage === 'memory'
      ? []
      : ['--db-filename', database, ...values('--sqlite-pragma', PRAGMAS)]),
    ...values('--dynamic-config-value', [...QUEUE_POLLING, ...PROBLEMS]),
  ];
}

async function namespaceAnswers(port: number, address: string, namespace: string): Promise<void> {
  // A gRPC channel that is opened too early waits a second before it tries again; a check of the port first costs nothing.
  if (!(await isListening(port))) throw new Error(`nothing listens on ${address} yet`);
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    await connection.withDeadline(Date.now() + CONNECT_TIMEOUT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } finally {
    await connection.close();
  }
}
