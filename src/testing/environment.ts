import path from 'node:path';
import { inspect } from 'node:util';
import { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { environment } from '../config';
import { SEARCH_ATTRIBUTES } from '../contracts';
import { findServer } from '../dev/stack';
import { installMissing } from '../dev/stack/install-missing';
import { temporalTesting, temporalWorker } from './lazy';
import { PUT_IN } from './matrix/faults';

/** Runs the server until this process has ended: the SDK ends it in `teardown` only, which a killed process does not call. */
const TIED_SERVER = path.resolve(__dirname, '../../bin/time-skipping-server.sh');

const KEYWORD = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

/**
 * Sets the log of the Temporal core to errors, and leaves out the defects that a fault matrix injects. Call it before the first
 * worker or native connection of a test file.
 *
 * @example
 * quietRuntime();
 */
export function quietRuntime(): void {
  const { DefaultLogger, Runtime } = temporalWorker();
  const shown = new DefaultLogger('ERROR');
  Runtime.install({
    logger: new DefaultLogger('ERROR', ({ level, message, meta }) => {
      if (meta?.['type'] !== PUT_IN) shown.log(level, message, meta);
    }),
    // The time-skipping server lacks features of newer servers, and the core warns of that with every worker.
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
}

/**
 * As {@link quietRuntime}, but collects the warnings of the SDK and its core in the returned lines.
 *
 * @example
 * const warnings = listeningRuntime();
 */
export function listeningRuntime(): readonly string[] {
  const { DefaultLogger, Runtime } = temporalWorker();
  const lines: string[] = [];
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      lines.push(`${level} ${message} ${inspect(meta)}`);
    }),
    telemetryOptions: { logging: { filter: 'WARN', forward: {} } },
  });
  return lines;
}

/**
 * Starts a Temporal server that skips time. Installs it first if it is missing, and registers the search attributes: without them
 * the server hangs on the first upsert. The server ends with this process, however that ends.
 *
 * @example
 * const env = await startSkippingServer();
 * await env.sleep('1 day');
 * await env.teardown();
 */
export async function startSkippingServer(): Promise<TestWorkflowEnvironment> {
  quietRuntime();
  await installMissing(
    ['temporal-test-server'],
    environment(),
    (line) => void process.stderr.write(`${line}\n`),
  );
  const env = await temporalTesting().TestWorkflowEnvironment.createTimeSkipping({
    server: {
      executable: { type: 'existing-path', path: TIED_SERVER },
      extraArgs: [findServer('temporal-test-server', environment()['PATH']), String(process.pid)],
    },
  });
  // The server can add search attributes but not list them, so the product's own registration does not work here.
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD])),
  });
  return env;
}
