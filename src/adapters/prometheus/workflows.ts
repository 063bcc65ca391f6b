import type { InjectedSinks } from '@temporalio/worker';
import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';
import type { IgnoredSignals } from '../../saga';

/** The metrics that workflows count. Give them to the worker as `sinks`. */
export function workflowSinks(registry: Registry): InjectedSinks<IgnoredSignals> {
  const ignored = new Counter({
    name: 'sagaline_workflow_signals_ignored_total',
    help: 'Signals that brought no event of the workflow, by workflow type and cause: nobody but a person sends them',
    labelNames: ['workflow', 'why'],
    registers: [registry],
  });
  return {
    sagalineSignals: {
      ignored: {
        fn: ({ workflowType: workflow }, why) => ignored.inc({ workflow, why }),
        callDuringReplay: false,
      },
    },
  };
}
