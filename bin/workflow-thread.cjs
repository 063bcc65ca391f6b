// A workflow thread of Temporal's SDK (1.24) with what the SDK has no option for:
// `new Worker(thisFile, { workerData: { thread, promiseTraces } })`, `thread` being the SDK's own file.
const path = require('node:path');
const { workerData } = require('node:worker_threads');
const { recordNoPromiseTraces } = require('./workflow-thread/promise-traces.cjs');
const { watchWholeActivations } = require('./workflow-thread/watchdog.cjs');

const { thread, promiseTraces } = workerData;
if (promiseTraces === 'off') recordNoPromiseTraces();
watchWholeActivations(require(path.join(path.dirname(thread), 'vm-shared')).BaseVMWorkflow);

require(thread);
