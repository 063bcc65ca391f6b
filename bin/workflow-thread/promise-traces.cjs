const { promiseHooks } = require('node:v8');

/** From now on the SDK collects no promise traces in this thread: docs/adr/0063. */
function recordNoPromiseTraces() {
  const { createHook } = promiseHooks;
  promiseHooks.createHook = (hooks) => {
    if (!isPromiseTrace(hooks)) return createHook(hooks);
    // The SDK takes this for a runtime without the hook, goes on without traces, and says so on the console.
    muteNextWarning();
    throw new Error('WORKFLOW_PROMISE_TRACES is off');
  };
}

/**
 * Node 20 calls the same function for AsyncLocalStorage, with `before` and `after`. Without that hook, workflow tasks with
 * buffered signals would fail.
 */
function isPromiseTrace(hooks) {
  const names = Object.keys(hooks).sort().join();
  return names === 'init,settled' && /[\\/]vm-shared\.[jt]s/.test(new Error().stack);
}

function muteNextWarning() {
  const { warn } = console;
  console.warn = () => void (console.warn = warn);
}

module.exports = { recordNoPromiseTraces };
