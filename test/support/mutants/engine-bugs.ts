import path from 'node:path';
import type { BundleOptions } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundling } from '../../../src/runtime/workflows/bundle';

/** A possible bug in the engine's part of a workflow: in this file, `to` replaces `from`. */
export interface EngineBug {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const SCOPE = 'src/saga/scope.ts';

export const ENGINE_BUGS = {
  'compensation registered after the step': {
    file: SCOPE,
    from: "const withdraw = compensations.register(compensation);\n    try {\n      return await run('step');",
    to: 'let withdraw: () => void = () => undefined;\n    try {\n      const result = await run();\n      withdraw = compensations.register(compensation);\n      return result;',
  },
  'compensation in forward order': {
    file: 'src/saga/compensations.ts',
    from: '[...registered.values()].reverse()',
    to: '[...registered.values()]',
  },
  'event id not remembered': {
    file: 'src/saga/receive-events.ts',
    from: 'if (remembered.has(identity)) {',
    to: "if (identity === '') {",
  },
  'non-cancellable scope gone': {
    file: SCOPE,
    from: 'compensate: (compensating) =>\n      CancellationScope.nonCancellable(async () => {',
    to: 'compensate: (compensating) =>\n      (async (compensateAll: () => Promise<void>) => compensateAll())(async () => {',
  },
} as const satisfies Readonly<Record<string, EngineBug>>;

const AUTHORIZATIONS = 'workflows/shop/order/authorizations.ts';

/** Possible bugs in the order, which its own kinds of cells must find. */
export const ORDER_BUGS = {
  'a notification of a parcel believed unasked': {
    file: 'workflows/shop/order/notifications.ts',
    from: 'if (BORNE_OUT_BY[event.type](tracking)) return true;',
    to: 'if (tracking) return true;',
  },
  'a notification of an authorization believed unasked': {
    file: AUTHORIZATIONS,
    from: "if (standing?.state === 'voided') lose(",
    to: 'if (standing) lose(',
  },
  'parcel not called back': {
    file: AUTHORIZATIONS,
    from: 'for (const { call } of order.parcels) await order.forward.pivot(call.compensation);',
    to: '',
  },
} as const satisfies Readonly<Record<string, EngineBug>>;

/** The same build without a change, for comparison. */
export const NO_BUG: EngineBug = {
  file: SCOPE,
  from: 'export function openSaga(',
  to: 'export function openSaga(',
};

const ROOT = path.resolve(__dirname, '../../..');

/** Bundles the product's workflows with the bug. */
export async function bundleWithBug({ file, from, to }: EngineBug): Promise<{ code: string }> {
  const withBug: BundleOptions['webpackConfigHook'] = (config) => {
    const rule = {
      test: (resource: string) => resource === path.join(ROOT, file),
      enforce: 'pre' as const,
      use: [{ loader: path.join(__dirname, 'replace.cjs'), options: { from, to } }],
    };
    const own = bundling.webpackConfigHook?.(config) ?? config;
    return { ...own, module: { ...own.module, rules: [...(own.module?.rules ?? []), rule] } };
  };
  const workflowsPath = path.join(ROOT, 'workflows/shop/index.ts');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: withBug,
  });
  return { code };
}
