const vm = require('node:vm');

/**
 * From now on one watchdog watches an activation of a workflow, instead of one for each of the SDK's calls into the workflow:
 * docs/adr/0068. What the watchdog does stays: an activation that takes longer than the worker's
 * `isolateExecutionTimeout` (5 s) fails, and with it the workflow task.
 *
 * @param Workflow the SDK's base class of workflows (lib/workflow/vm-shared); its `activate` makes all its calls before it
 * first waits
 */
function watchWholeActivations(Workflow) {
  const { activate } = Workflow.prototype;
  const { runInContext } = vm.Script.prototype;
  const scope = vm.createContext({});
  const activation = new vm.Script('begin()');
  let isWatched = false;
  /** As the SDK gives it. It calls into a workflow first when it creates it. */
  let timeout;

  vm.Script.prototype.runInContext = function (context, options) {
    if (options?.timeout === undefined) return runInContext.call(this, context, options);
    ({ timeout } = options);
    return runInContext.call(this, context, isWatched ? { ...options, timeout: undefined } : options);
  };

  Workflow.prototype.activate = async function (jobs) {
    scope.begin = () => activate.call(this, jobs);
    isWatched = true;
    try {
      return runInContext.call(activation, scope, { timeout, displayErrors: false });
    } catch (error) {
      // As the SDK does it in `activate`, which this error has ended.
      const { info } = this.activator;
      return { runId: info.runId, failed: { failure: this.activator.errorToFailure(error) } };
    } finally {
      isWatched = false;
      // It would keep the workflow.
      scope.begin = undefined;
    }
  };
}

module.exports = { watchWholeActivations };
