import type { StruggleGroup, SystemSnapshot } from '../../../observability';
import type { AddGauge } from './gauge';

/** Causes that are exported, the largest first, and characters of each: labels must not grow with the failures. */
const MOST_CAUSES = 50;
const CAUSE_LENGTH = 120;

/** Open workflows by state, and the steps that fail. */
export function workflowGauges(gauge: AddGauge): void {
  const labels = ['workflow', 'state', 'waits_for_person'];
  gauge('sagaline_sagas_open', 'Open workflows, by type and state', labels, (snapshot) =>
    statesOf(snapshot).map((each) => [labelsOf(each), each.count]),
  );
  gauge(
    'sagaline_sagas_oldest_seconds',
    'Age of the open workflow that began first, by type and state',
    labels,
    (snapshot) => statesOf(snapshot).map((each) => [labelsOf(each), each.oldest?.ageSeconds]),
  );
  gauge(
    'sagaline_sagas_cut_short',
    'Processes that were terminated or timed out within the last hour, and not reset or repaired since; 50 stands for more',
    ['workflow', 'status'],
    ({ sagas }) => {
      const counts = new Map<string, [{ workflow: string; status: string }, number]>();
      for (const { workflow, status } of sagas.kind === 'known' ? (sagas.data.cutShort ?? []) : []) {
        const [, count] = counts.get(`${workflow} ${status}`) ?? [undefined, 0];
        counts.set(`${workflow} ${status}`, [{ workflow, status }, count + 1]);
      }
      return [...counts.values()];
    },
  );
  struggleGauges(gauge);
  gauge(
    'sagaline_steps_looked_at_ratio',
    'Part of the open workflows whose steps the latest round has looked at',
    [],
    ({ struggles }) => {
      if (struggles.kind === 'unknown') return [];
      const { lookedAt, open } = struggles.data;
      return [[{}, open === 0 ? 1 : lookedAt / open]];
    },
  );
}

function struggleGauges(add: AddGauge): void {
  const gauge = (name: `sagaline_${string}`, help: string, value: (group: StruggleGroup) => number) =>
    add(name, help, ['workflow', 'step', 'cause'], ({ struggles }) =>
      struggles.kind === 'unknown'
        ? []
        : struggles.data.groups.slice(0, MOST_CAUSES).map((group) => {
            const { workflow, step, cause } = group;
            return [{ workflow, step, cause: cause.slice(0, CAUSE_LENGTH) }, value(group)];
          }),
    );
  gauge('sagaline_steps_struggling', 'Steps that fail and are tried again, by cause', ({ count }) => count);
  gauge(
    'sagaline_steps_struggling_attempts',
    'Attempts of the struggling step that was tried most often, by cause',
    ({ mostAttempts }) => mostAttempts,
  );
  gauge(
    'sagaline_steps_struggling_seconds',
    'For how long the longest struggling step has not succeeded, by cause',
    ({ sinceSeconds }) => sinceSeconds,
  );
}

function statesOf({ sagas }: SystemSnapshot) {
  return sagas.kind === 'known' ? sagas.data.states : [];
}

function labelsOf({ workflow, state, waitsForPerson }: ReturnType<typeof statesOf>[number]) {
  return { workflow, state, waits_for_person: String(waitsForPerson) };
}
