/**
 * What Prometheus' own tool says of the alert rules, of its configuration, and of the names that each process exports. It fails for what is
 * ours; what prom-client and Temporal's SDK export is listed. `npm run test:full -- promtool`, a minute.
 */
import path from 'node:path';
import { errorMessage } from '../../src/contracts';
import type { ShopProcesses } from '../shop/support/shop-processes';
import { startShopProcesses } from '../shop/support/shop-processes';
import { say } from '../support/journal/stage';
import type { Promtool } from './promtool/promtool';
import { debiansPromtool } from './promtool/promtool';

const [RULES, CONFIG] = ['alerts.yml', 'prometheus.yml'].map((name) =>
  path.resolve(__dirname, '../../deploy/observability', name),
) as [string, string];
const CASES = path.join(__dirname, 'promtool', 'alerts.test.yml');
const ROLES = ['gateway', 'bridge', 'relay', 'subscriber', 'console', 'worker:orders', 'worker:payments'];
const OURS = 'sagaline_';

async function main(): Promise<void> {
  const promtool = await debiansPromtool();
  let shop: ShopProcesses | undefined;
  try {
    const problems = [
      ...(await problemsOf(promtool, ['check', 'rules', RULES])),
      ...(await problemsOf(promtool, ['test', 'rules', CASES])),
      // The rules are at another path in the container.
      ...(await problemsOf(promtool, ['check', 'config', '--syntax-only', CONFIG])),
    ];
    shop = await startShopProcesses({});
    const others = new Map<string, string[]>();
    for (const role of ['providers', ...ROLES]) {
      const { health } = await shop.start(role);
      const text = await (await fetch(`${health}/metrics`)).text();
      const { ok, said } = await promtool.run(['check', 'metrics'], text);
      const complaints = said.split('\n').filter((line) => line !== '');
      say(`${role}: ${text.match(/^# TYPE /gm)?.length ?? 0} metrics, ${complaints.length} complaints`);
      if (!ok && complaints.length === 0) problems.push(`${role}: promtool says nothing and fails`);
      for (const line of complaints) {
        if (line.startsWith(OURS) || !/^\w+ /.test(line)) problems.push(`${role}: ${line}`);
        else others.set(line, [...(others.get(line) ?? []), role]);
      }
    }
    say(`\nOf the libraries' own names:`);
    for (const [line, roles] of others) say(`  ${line} (${roles.length} processes)`);
    say(problems.length === 0 ? '\nNothing is wrong with what is ours.' : `\n${problems.join('\n')}`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await shop?.stop();
    await promtool.remove();
  }
}

async function problemsOf(promtool: Promtool, args: readonly string[]): Promise<string[]> {
  const { ok, said } = await promtool.run(args);
  say(said);
  return ok ? [] : [`promtool ${args.join(' ')} has failed`];
}

main().catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
