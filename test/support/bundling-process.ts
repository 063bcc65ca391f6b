/** Bundles the workflows of each path that its parent sends, outside of jest's module system, and sends the code back. */
import { bundleWorkflows } from '../../src/runtime/workflows/bundle';

process.on('message', (workflowsPath: string) => {
  void bundleWorkflows({ workflowsPath }).then(({ code }) => process.send?.(code));
});
