// The profile `observability`: Prometheus reaches every process, and has the alerts. Grafana has no stand-in.
import { until } from '../../support/until';
import type { Project } from './project';

interface Targets {
  readonly data: {
    readonly activeTargets: readonly { readonly scrapeUrl: string; readonly health: string }[];
  };
}

interface Rule {
  readonly name: string;
  readonly state: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[];
}

interface Rules {
  readonly data: {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  };
}

/** A target's first answer takes a scrape interval, 10 s; an address that Docker no longer has is dropped after another. */
const WITHIN_MS = 90_000;

/** Starts Prometheus beside all others. @returns what does not hold */
export async function observabilityProblems(
  project: Project,
  say: (line: string) => void,
): Promise<string[]> {
  await project.must(['--profile', 'observability', 'up', '--detach', '--wait', 'prometheus']);
  const read = async <Answer>(what: string) => {
    const answer = await fetch(`http://127.0.0.1:${project.ports.PROMETHEUS_PORT}/api/v1/${what}`);
    return (await answer.json()) as Answer;
  };
  const ours = (await project.must(['ps', '--format', '{{.Service}}|{{.Image}}'])).said
    .split('\n')
    .filter((line) => line.includes('|sagaline:'));
  let targets: Targets['data']['activeTargets'] = [];
  await until(
    'Prometheus reaches every process',
    async () => {
      targets = (await read<Targets>('targets')).data.activeTargets;
      return targets.length === ours.length && targets.every(({ health }) => health === 'up');
    },
    WITHIN_MS,
  ).catch(() => undefined);
  const { groups } = (await read<Rules>('rules')).data;
  const rules = groups.flatMap((group) => group.rules);
  const firing = rules
    .filter(({ state }) => state === 'firing')
    .map(
      ({ name, alerts }) =>
        `${name} ${JSON.stringify(alerts.map(({ labels, value }) => ({ ...labels, value })))}`,
    );
  const down = targets.filter(({ health }) => health !== 'up').map(({ scrapeUrl }) => scrapeUrl);
  say(
    `Prometheus: ${targets.length} of ${ours.length} processes, ${down.length} of them down; ${rules.length} rules, firing: ` +
      (firing.join(', ') || 'none'),
  );
  return [
    ...(targets.length === ours.length
      ? []
      : [`Prometheus has ${targets.length} targets, not ${ours.length}`]),
    ...down.map((url) => `Prometheus does not reach ${url}`),
    ...(rules.length > 0 ? [] : ['Prometheus has no rules']),
    ...firing.map((name) => `the alert ${name} fires, and nothing is wrong`),
  ];
}
