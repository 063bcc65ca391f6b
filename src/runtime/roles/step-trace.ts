import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { traceIdOf } from '../../contracts';
import { readCause, withTracing } from '../../effects/cause';
import type { Tracing } from '../../tracing';
import { inSpan } from '../../tracing';

/**
 * Puts each attempt of a step into its trace, and its event and trace into the lines of the log. The workflow sends
 * both as the step's second argument (`src/saga/steps.ts`): nothing is added to histories, neither header nor command.
 */
export function stepTrace(tracing: Tracing): ActivityInterceptorsFactory {
  return ({ info }) => {
    let fields: Readonly<Record<string, string>> = {};
    return {
      inbound: {
        execute: (input, next) => {
          const [given, sent, ...more] = input.args;
          const { causationId, traceparent, tracestate } = readCause(sent);
          if (causationId !== undefined) fields = { ...fields, eventId: causationId };
          if (traceparent === undefined) return next(input);
          fields = { ...fields, traceId: traceIdOf(traceparent) };
          if (!tracing.records) return next(input);
          const { activityType, workflowExecution, attempt, taskQueue } = info;
          const attributes = () => ({
            'temporal.workflow_id': workflowExecution?.workflowId,
            'temporal.run_id': workflowExecution?.runId,
            'temporal.task_queue': taskQueue,
            'temporal.attempt': attempt,
            'sagaline.cause': causationId,
          });
          const parent = { traceparent, tracestate };
          return inSpan(tracing, { name: activityType, kind: 'internal', parent, attributes }, (trace) =>
            withTracing(tracing, () => next({ ...input, args: [given, { causationId, ...trace }, ...more] })),
          );
        },
      },
      outbound: { getLogAttributes: (attributes, next) => next({ ...attributes, ...fields }) },
    };
  };
}
