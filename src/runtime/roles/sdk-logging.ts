import { ApplicationFailure } from '@temporalio/common';
import type { LogLevel, LogMetadata, Logger } from '@temporalio/worker';
import { makeTelemetryFilterString } from '@temporalio/worker';
import type { Log } from '../../contracts';
import { errorMessage } from '../../contracts';
import { meaningIn } from '../../contracts/names/saga';

/** What the SDK says of each line, and nobody needs. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['taskToken', 'namespace', 'activityId', 'sdkComponent', 'isLocal', 'workflowRunId', 'error'],
]);
const STEP_FAILED = 'Activity failed';
/** The SDK warns of every pool that has activities only; most have. */
const ACTIVITIES_ONLY = 'No workflows registered, not polling for workflow tasks';
/** The most errors of a chain of causes: a loop would not end. */
const CAUSES = 5;

/**
 * The options of Temporal's runtime that bring the lines of the SDK and of its core into the log of the process, in the
 * log's own fields: docs/tracing.md. A failed attempt of a step is one line, without a stack.
 */
export function sdkLogging(log: Log): {
  readonly logger: Logger;
  readonly logging: { readonly filter: string; readonly forward: object };
} {
  const quiet = () => undefined;
  const line = (level: LogLevel, message: string, meta?: LogMetadata) => {
    if (level === 'ERROR') log.error(fieldsOf(meta), message);
    else if (level === 'WARN') warn(log, message, meta);
    else if (level === 'INFO') log.info(fieldsOf(meta), message);
  };
  return {
    logger: {
      log: line,
      trace: quiet,
      debug: quiet,
      info: (message, meta) => line('INFO', message, meta),
      warn: (message, meta) => line('WARN', message, meta),
      error: (message, meta) => line('ERROR', message, meta),
    },
    logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
  };
}

function warn(log: Log, message: string, meta: LogMetadata | undefined): void {
  if (message === ACTIVITIES_ONLY) return;
  if (message !== STEP_FAILED) {
    log.warn(fieldsOf(meta), message);
    return;
  }
  const error: unknown = meta?.['error'];
  const meaning = error instanceof ApplicationFailure ? meaningIn(error.details) : 'unknown';
  const fields = { ...fieldsOf(meta), meaning };
  // A refusal is an outcome of the business, and not a fault.
  if (meaning === 'refused') log.info(fields, 'a step is refused');
  else log.warn(fields, 'a step has failed');
}

function fieldsOf(meta: LogMetadata = {}): object {
  const { error, workflowRunId, isLocal, taskToken, activityType }: Readonly<Record<string, unknown>> = meta;
  return {
    ...Object.fromEntries(Object.entries(meta).filter(([name]) => !LEFT_OUT.has(name))),
    // The core tells of a step by its token alone.
    ...(activityType === undefined && taskToken !== undefined && { taskToken }),
    ...(workflowRunId !== undefined && { runId: workflowRunId }),
    ...(isLocal === true && { isLocal }),
    ...(error !== undefined && { failure: chainOf(error) }),
  };
}

/** An error and its causes, in one text. */
function chainOf(error: unknown): string {
  const messages: string[] = [];
  for (let each = error; each instanceof Error && messages.length < CAUSES; each = each.cause)
    messages.push(`${each.name}: ${each.message}`);
  return messages.length > 0 ? messages.join(' < ') : errorMessage(error);
}
