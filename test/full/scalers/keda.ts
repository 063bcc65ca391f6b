// KEDA's own scalers in a small program: what they ask of Temporal and Prometheus is their own code, unchanged.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cached, go } from '../../../scripts/go';
import { KEDA, kedaFolder } from '../kubernetes/programs';

/** The folders of KEDA's module that its scalers are built of. */
const SOURCES = ['apis', 'pkg', 'version', 'go.mod', 'go.sum'];
/** All others bring the clients of some sixty systems. The one of Azure's queues has a constant of all. */
const SCALERS = ['scaler.go', 'temporal_scaler.go', 'prometheus_scaler.go', 'azure_queue_scaler.go'];
const QUESTIONER = path.join(__dirname, 'ask-keda.go');
const ASKED_WITHIN_MS = 60_000;

export interface Trigger {
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface KedaAnswer {
  /** What waits. */
  readonly value: number;
  /** What may wait for each process. */
  readonly target: number;
  readonly active: boolean;
  readonly error?: string;
}

export interface Keda {
  ask(trigger: Trigger): Promise<KedaAnswer>;
}

/** Builds them: four minutes on two cores the first time, and 400 MB of modules. */
export async function buildKeda(log: (line: string) => void): Promise<Keda> {
  const folder = await cached(`keda-scalers-${KEDA}`, async (into) => {
    log(`building the scalers of KEDA ${KEDA} …`);
    const since = Date.now();
    const source = path.join(into, 'source');
    await copySources(await kedaFolder(), source);
    const out = path.join(into, 'ask-keda');
    await go(['build', '-p', '2', '-trimpath', '-ldflags', '-s -w', '-o', out, './ask'], { cwd: source });
    await rm(source, { recursive: true });
    log(`built in ${Math.round((Date.now() - since) / 1_000)} s`);
  });
  const program = path.join(folder, 'ask-keda');
  return {
    ask: async (trigger) => {
      const [answer] = await run(program, [trigger]);
      if (answer === undefined) throw new Error('KEDA has given no answer');
      return answer;
    },
  };
}

async function copySources(module: string, into: string): Promise<void> {
  for (const name of SOURCES) await cp(path.join(module, name), path.join(into, name), { recursive: true });
  // Go's cache is read-only, and so is a copy of it.
  await promisify(execFile)('chmod', ['-R', 'u+w', into]);
  const scalers = path.join(into, 'pkg', 'scalers');
  for (const { name } of (await readdir(scalers, { withFileTypes: true })).filter((each) => each.isFile()))
    if (!SCALERS.includes(name)) await rm(path.join(scalers, name));
  await mkdir(path.join(into, 'ask'));
  await cp(QUESTIONER, path.join(into, 'ask', 'main.go'));
}

function run(program: string, triggers: readonly Trigger[]): Promise<KedaAnswer[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, { timeout: ASKED_WITHIN_MS }, (error, out) => {
      if (error) reject(new Error('KEDA’s scalers have not answered', { cause: error }));
      else resolve(JSON.parse(out) as KedaAnswer[]);
    });
    child.stdin?.end(JSON.stringify(triggers));
  });
}
