import { freePorts } from '../../dev/stack';
import type { ProcessesOptions } from '../../dev/processes';
import { startProcesses } from '../../dev/processes';
import type { RoleCounts, RolePlan } from './role-groups';
import { processName } from './role-groups';

/** The roles of the local stack, in a number that can change while they run. */
export interface RunningRoles {
  /** Process ids by name. */
  pids(): Readonly<Record<string, number>>;
  /** Where each process serves `/readyz`, by name. */
  healthUrls(): Readonly<Record<string, string>>;
  /** Number of processes of each role. */
  counts(): RoleCounts;
  /**
   * Starts processes, and then ends those that are too many. Resolves when the new ones are ready, and the others have finished
   * their work in flight. A call waits for the one before.
   *
   * @param wanted at least one process of each role that it names
   * @throws RangeError for a role that does not run, or no process of one; ServerStartError if a new process does not start; the roles then have as many processes as before
   */
  scale(wanted: RoleCounts): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the roles, one process of each unless `counts` has another number. Resolves when all are ready. */
export async function startRoles(
  plan: RolePlan,
  { counts: given, ...options }: Omit<ProcessesOptions, 'groups'> & { readonly counts: RoleCounts },
): Promise<RunningRoles> {
  const { groups } = plan;
  const counts = new Map(groups.flat().map((role) => [role, given[role] ?? 1]));
  const healthUrls = new Map<string, string>();
  const specsOf = async (instances: readonly { role: string; index: number }[]) => {
    const ports = await freePorts(instances.length);
    return instances.map(({ role, index }, at) => ({ role, spec: plan.specOf(role, index, ports[at] ?? 0) }));
  };

  const first = await specsOf(groups.flat().flatMap((role) => instancesOf(role, 0, counts.get(role) ?? 1)));
  const processes = await startProcesses({
    ...options,
    groups: groups.map((roles) => first.filter(({ role }) => roles.includes(role)).map(({ spec }) => spec)),
  });
  for (const { spec } of first) healthUrls.set(spec.name, spec.readyUrl);

  async function remove(name: string): Promise<void> {
    healthUrls.delete(name);
    await processes.remove(name);
  }

  async function scale(wanted: RoleCounts): Promise<void> {
    const wrong = Object.entries(wanted).find(([role, count]) => !counts.has(role) || count < 1);
    if (wrong) throw new RangeError(`there cannot be ${wrong[1]} processes of "${wrong[0]}"`);
    const changes = Object.entries(wanted).map(([role, count]) => ({
      role,
      count,
      before: counts.get(role) ?? 0,
    }));
    const added = await specsOf(
      changes.flatMap(({ role, before, count }) => instancesOf(role, before, count)),
    );
    const starts = await Promise.allSettled(added.map(({ role, spec }) => processes.add(spec, role)));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) {
      await Promise.all(added.map(({ spec }) => processes.remove(spec.name)));
      throw failed.reason;
    }
    for (const { spec } of added) healthUrls.set(spec.name, spec.readyUrl);
    const surplus = changes.flatMap(({ role, before, count }) => instancesOf(role, count, before));
    for (const { role, count } of changes) counts.set(role, count);
    await Promise.all(surplus.map(({ role, index }) => remove(processName(role, index))));
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    pids: () => processes.pids(),
    healthUrls: () => Object.fromEntries(healthUrls),
    counts: () => Object.fromEntries(counts),
    scale: (wanted) => {
      const scaling = last.then(() => scale(wanted));
      last = scaling.catch(() => undefined);
      return scaling;
    },
    stop: () => processes.stop(),
  };
}

function instancesOf(role: string, from: number, to: number): { role: string; index: number }[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => ({ role, index: from + at }));
}
