// A sandbox in a process of its own, to be killed: `sandbox-process.ts <settings as JSON>` prints its URL.
import { startSandbox, type SandboxSettings } from '../../../../domains/shop/sandbox';

const settings = JSON.parse(process.argv[2] ?? '{}') as Omit<SandboxSettings, 'log'>;
void startSandbox({ ...settings, log: () => undefined }).then(({ url }) => process.stdout.write(`${url}\n`));
