import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../config';
import type { Config } from '../config';
import type { Log } from '../contracts';
import { errorMessage } from '../contracts';
import { bounded } from './bounded';
import { checkConfiguration } from './checks/configuration';
import { checkNode } from './checks/node';
import { checkServers } from './checks/servers';
import { wasDenied } from './denied';
import type { Finding } from './finding';
import { findingsOf, SUBJECTS } from './finding';
import type { Check, CheckParts } from './list';
import { checksOf } from './list';
import type { Repair } from './repair';
import { repair } from './repair';
import { openServers } from './servers';

export interface ExamineOptions extends Pick<
  CheckParts,
  'app' | 'environment' | 'catalogue' | 'pools' | 'now'
> {
  /** @throws InvalidConfigError */
  readonly read: (environment: Environment) => Config;
  /** Repairs what is safe before the examination. */
  readonly fix: boolean;
}

export interface Examination {
  /** In the order of the subjects. */
  readonly findings: readonly Finding[];
  readonly repairs: readonly Repair[];
}

/** With the connections, which have four seconds, and the end, an examination takes less than ten. */
const CHECK_MS = 4_000;

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Examines a deployment. Without `fix` it changes nothing. A server that is away is a finding. */
export async function examine(options: ExamineOptions): Promise<Examination> {
  const { app, environment, read, fix } = options;
  const { config, findings: found } = checkConfiguration(environment, read);
  const first = [...checkNode(process.versions.node, nodeRange()), ...found];
  if (config === undefined) return { findings: first, repairs: [] };
  const servers = await openServers(config, app, silent);
  try {
    const parts = { ...options, config, servers, log: silent };
    const repairs = fix ? await repair(parts) : [];
    const rest = await Promise.all(checksOf(parts).map(findingsFrom));
    const findings = [...first, ...checkServers(servers.states), ...rest.flat()];
    return { findings: inOrder(findings.map(masked(config))), repairs };
  } finally {
    await servers.close();
  }
}

/** A check that fails is a finding, too. */
async function findingsFrom([subject, check]: Check): Promise<Finding[]> {
  try {
    return await bounded(CHECK_MS, Promise.resolve(check()));
  } catch (error) {
    const { warning, problem } = findingsOf(subject);
    const about = { code: 'not-checked', where: subject, what: `cannot be checked: ${errorMessage(error)}` };
    return wasDenied(error)
      ? [warning({ ...about, remedy: 'run it as the user of "sagaline provision"' })]
      : [problem({ ...about, remedy: 'the log of that server says why it does not answer' })];
  }
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((one, other) => SUBJECTS.indexOf(one.subject) - SUBJECTS.indexOf(other.subject));
}

function masked({ secrets: { mask } }: Config): (finding: Finding) => Finding {
  return (finding) => {
    const [where, what] = [mask(finding.where), mask(finding.what)];
    return finding.level === 'ok' ? { ...finding, where, what } : { ...finding, where, what };
  };
}

/** The versions of Node.js in our own package.json. */
function nodeRange(): string {
  const file = path.resolve(__dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { engines: { node: string } }).engines.node;
}
