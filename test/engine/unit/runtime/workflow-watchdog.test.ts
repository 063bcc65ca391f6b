import vm from 'node:vm';

interface Base {
  readonly activator: { info: { runId: string }; errorToFailure: (error: Error) => { message: string } };
  activate(jobs: string): Promise<unknown>;
}
type WatchWhole = (workflow: { prototype: Base }) => void;

const { watchWholeActivations } = jest.requireActual<{ watchWholeActivations: WatchWhole }>(
  '../../../../bin/workflow-thread/watchdog.cjs',
);
const { BaseVMWorkflow } = jest.requireActual<{ BaseVMWorkflow: { prototype: Partial<Base> } }>(
  '../../../../node_modules/@temporalio/worker/lib/workflow/vm-shared',
);

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the script as `this`
const { runInContext } = vm.Script.prototype;
const watched: (number | undefined)[] = [];
const context = vm.createContext({}, { microtaskMode: 'afterEvaluate' });
const call = (code: string): unknown =>
  new vm.Script(code).runInContext(context, { timeout: 200, displayErrors: true });

/** Calls into its workflow as the SDK's does: several times before it first waits. */
class Workflow implements Base {
  readonly activator = {
    info: { runId: 'run' },
    errorToFailure: ({ message }: Error) => ({ message }),
  };
  async activate(code: string) {
    const answers = [call('1'), call(code), call('3')];
    await Promise.resolve();
    return answers;
  }
}

beforeAll(() => {
  vm.Script.prototype.runInContext = function (this: vm.Script, ...[scope, options]) {
    watched.push(options?.timeout);
    return runInContext.call(this, scope, options) as unknown;
  };
  watchWholeActivations(Workflow);
  call('0');
});
afterAll(() => {
  vm.Script.prototype.runInContext = runInContext;
});
beforeEach(() => watched.splice(0));

test('an activation has one watchdog, with the time of the calls', async () => {
  expect(await new Workflow().activate('2')).toEqual([1, 2, 3]);
  expect(watched).toEqual([200, undefined, undefined, undefined]);
});

test('a call outside of an activation has its own', () => {
  expect(call('1')).toBe(1);
  expect(watched).toEqual([200]);
});

test('an activation that never ends fails, and the next one does not', async () => {
  const workflow = new Workflow();
  expect(await workflow.activate('for (;;);')).toEqual({
    runId: 'run',
    failed: { failure: { message: 'Script execution timed out after 200ms' } },
  });
  expect(await workflow.activate('2')).toEqual([1, 2, 3]);
});

test('an error of a call reaches the one who awaits the activation', async () => {
  await expect(new Workflow().activate('throw new Error("as the workflow says")')).rejects.toThrow(
    'as the workflow says',
  );
});

test('the SDK has the method that is watched', () => {
  expect(typeof BaseVMWorkflow.prototype.activate).toBe('function');
});
