import type { SwitchKind } from '../switches';
import { pauseInWords } from '../switches';
import type { Part, SystemSnapshot } from './snapshot';

/**
 * The alerts, declared once: as a rule of Prometheus, and as a function of the snapshot for the console and the command
 * line, so that all say the same. `scripts/alerts.mjs` makes the rules of deploy/observability from them.
 */
export interface Alert {
  readonly name: string;
  /** `page`: work stands still, or money waits. `ticket`: it will, or a person has to decide in working hours. */
  readonly severity: 'page' | 'ticket';
  readonly summary: string;
  /** Heading in docs/runbooks.md, as its anchor. */
  readonly runbook: string;
  /** PromQL. */
  readonly expression: string;
  /** How long the condition must hold before the rule fires, such as `30s`. */
  readonly for: string;
  /** What of the snapshot meets the condition at this moment, each in words; empty if nothing does. */
  readonly firing: (snapshot: SystemSnapshot) => readonly string[];
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** An event that waits longer than this is late: usually it takes some milliseconds. */
const LATE_SECONDS = MINUTE;
/** Attempts after which a step does not mend itself: some minutes, with Temporal's usual back-off. */
const MANY_ATTEMPTS = 5;
const FILLS_WITHIN_DAYS = 3;
/** A stream below this share has time, whatever its growth of the last hour. */
const WORTH_A_FORECAST = 0.1;
/** A worker takes a task within milliseconds. The polls of a stopped worker still count for more than a minute. */
const BACKLOG_SECONDS = 15;
/** More events of one partition than a short outage leaves, while the others have little. */
const HOT_LAG = 200;
const HOT_SHARE = 0.5;
const SET_ASIDE_AFTER = 0;
/** A part is checked every ten seconds at most, within thirty. */
const UNCHECKED_SECONDS = 2 * MINUTE;

export const ALERTS: readonly Alert[] = [
  {
    ...{ name: 'SagalinePartUnknown', severity: 'page', runbook: 'a-server-does-not-answer', for: '30s' },
    summary: 'A part of the system cannot be seen: its server does not answer',
    expression: 'sagaline_system_part_up == 0',
    firing: (snapshot) =>
      Object.entries(snapshot).flatMap(([name, part]: [string, string | Part<unknown>]) =>
        typeof part !== 'string' && part.kind === 'unknown' ? [`${name}: ${part.error}`] : [],
      ),
  },
  {
    ...{ name: 'SagalineNobodyWatches', severity: 'page', runbook: 'nobody-watches', for: '30s' },
    summary: 'No console exports the state of the system: all alerts about it are blind',
    expression: `absent(sagaline_system_part_up) or min(time() - sagaline_system_part_timestamp_seconds) > ${UNCHECKED_SECONDS}`,
    // A console that shows this watches.
    firing: () => [],
  },
  {
    ...{ name: 'SagalineStreamFull', severity: 'page', runbook: 'a-stream-is-full', for: '0s' },
    summary: 'A stream is full: what it should store is refused or held',
    expression: 'max by (stream) (sagaline_stream_full) == 1',
    firing: ({ streams }) =>
      entriesOf(streams).flatMap(({ stream, level, share }) =>
        level === 'full' ? [`${stream} is full: ${percent(share)} of its limit`] : [],
      ),
  },
  {
    ...{ name: 'SagalineStreamNearlyFull', severity: 'ticket', runbook: 'a-stream-is-full', for: '1m' },
    summary: 'A stream has used 80 % of its limit',
    expression: 'max by (stream) (sagaline_stream_fill_ratio) >= 0.8',
    firing: ({ streams }) =>
      entriesOf(streams).flatMap(({ stream, level, share }) =>
        level === 'nearly-full' ? [`${stream}: ${percent(share)} of its limit`] : [],
      ),
  },
  {
    ...{ name: 'SagalineStreamFillsSoon', severity: 'ticket', runbook: 'a-stream-is-full', for: '10m' },
    summary: 'A stream is full within three days at its present growth',
    expression: `sagaline_stream_left_seconds < ${FILLS_WITHIN_DAYS * DAY} and on (stream) max by (stream) (sagaline_stream_fill_ratio) > ${WORTH_A_FORECAST}`,
    firing: ({ streams }) =>
      entriesOf(streams).flatMap(({ stream, share, daysLeft = Infinity }) =>
        daysLeft < FILLS_WITHIN_DAYS && share > WORTH_A_FORECAST
          ? [`${stream} is full in ${daysLeft.toFixed(1)} days`]
          : [],
      ),
  },
  {
    ...{ name: 'SagalineDeadLettersParked', severity: 'page', runbook: 'dead-letters-are-parked', for: '0s' },
    summary: 'Dead letters are parked as notes, because their stream takes none',
    expression: 'sagaline_dead_letters_parked > 0',
    firing: ({ deadLetters }) =>
      deadLetters.kind === 'known' && deadLetters.data.parked > 0
        ? [`${deadLetters.data.parked} dead letters are parked`]
        : [],
  },
  {
    ...{ name: 'SagalineDeadLettersOpen', severity: 'ticket', runbook: 'dead-letters', for: '0s' },
    summary: 'Events became dead letters, and nobody has dealt with them',
    expression: 'sum by (reason) (sagaline_dead_letters_open) > 0',
    firing: ({ deadLetters }) =>
      deadLetters.kind === 'known'
        ? deadLetters.data.reasons.map(({ count, reason, context }) => `${count} ${reason} of ${context}`)
        : [],
  },
  {
    ...{ name: 'SagalineEventsWait', severity: 'page', runbook: 'events-wait', for: '0s' },
    summary: 'The oldest event of a partition waits for longer than a minute',
    expression: `sagaline_partition_oldest_seconds > ${LATE_SECONDS}`,
    firing: ({ partitions, pauses }) =>
      entriesOf(partitions).flatMap(({ group, kind, partitions: all }) => {
        const late = all.flatMap(({ partition, oldest, lag }) =>
          oldest && oldest.ageSeconds > LATE_SECONDS
            ? [`${group}, partition ${partition}: ${lag} events, the oldest of key ${oldest.key}`]
            : [],
        );
        // The reader must not look for a fault first.
        return late.length > 0 && kind === 'bridge' ? [...pausedIn(pauses, 'route'), ...late] : late;
      }),
  },
  {
    ...{ name: 'SagalineHotPartition', severity: 'ticket', runbook: 'events-wait', for: '0s' },
    summary: 'One partition has most of the events that wait',
    expression: `sagaline_partition_lag >= ${HOT_LAG} and on (group, partition) sagaline_partition_lag > on (group) group_left ${HOT_SHARE} * sagaline_group_lag`,
    firing: ({ partitions }) =>
      entriesOf(partitions).flatMap(({ group, lag: all, partitions: each }) =>
        each.flatMap(({ partition, lag, oldest }) =>
          lag >= HOT_LAG && lag > HOT_SHARE * all
            ? [
                `${group}, partition ${partition}: ${lag} events, the oldest of key ${oldest?.key ?? 'unknown'}`,
              ]
            : [],
        ),
      ),
  },
  {
    ...{ name: 'SagalineNobodyConsumes', severity: 'page', runbook: 'nobody-consumes', for: '15s' },
    summary: 'Partitions have no process that asks for their events',
    expression: 'sagaline_group_attended_partitions < sagaline_group_partitions',
    firing: ({ partitions }) =>
      entriesOf(partitions).flatMap(({ group, attended, consumers }) =>
        attended < consumers ? [`${group}: ${consumers - attended} partitions`] : [],
      ),
  },
  {
    ...{ name: 'SagalineNobodyPolls', severity: 'page', runbook: 'nobody-polls', for: '0s' },
    summary: 'No worker polls for the version of a pool that gets new work',
    expression: 'sagaline_pool_served == 0',
    firing: ({ pools }) =>
      entriesOf(pools).flatMap(({ pool, served, current }) =>
        served ? [] : [`${pool}: ${current ?? 'workers without a version'}`],
      ),
  },
  {
    ...{ name: 'SagalineTasksWait', severity: 'page', runbook: 'nobody-polls', for: '0s' },
    summary: `Tasks wait for workers for longer than ${BACKLOG_SECONDS} seconds`,
    expression: `sagaline_queue_oldest_seconds > ${BACKLOG_SECONDS}`,
    firing: ({ queues, pauses }) =>
      entriesOf(queues).flatMap(({ pool, taskQueue, kind, buildId, backlog, oldestSeconds }) =>
        oldestSeconds > BACKLOG_SECONDS
          ? [
              ...(kind === 'activity' ? pausedIn(pauses, 'pool', pool) : []),
              `${taskQueue}, ${kind} tasks of ${buildId ?? 'no version'}: ${backlog} wait`,
            ]
          : [],
      ),
  },
  {
    ...{ name: 'SagalineWaitsForPerson', severity: 'page', runbook: 'a-saga-waits-for-a-person', for: '0s' },
    summary: 'Sagas wait for a decision',
    expression: 'sum by (workflow, state) (sagaline_sagas_open{waits_for_person="true"}) > 0',
    firing: ({ sagas }) =>
      sagas.kind === 'known'
        ? sagas.data.states
            .filter(({ waitsForPerson }) => waitsForPerson)
            .map(({ workflow, state, count }) => `${count} ${workflow}: ${state}`)
        : [],
  },
  {
    ...{
      name: 'SagalineWorkflowsCutShort',
      severity: 'page',
      runbook: 'a-workflow-was-terminated',
      for: '0s',
    },
    summary: 'Processes were terminated or timed out, and nobody has repaired what they left',
    expression: 'sum by (workflow) (sagaline_sagas_cut_short) > 0',
    firing: ({ sagas }) =>
      sagas.kind === 'known'
        ? (sagas.data.cutShort ?? []).map(({ workflowId, status }) => `${workflowId}: ${status}`)
        : [],
  },
  {
    ...{ name: 'SagalineStepsStruggle', severity: 'page', runbook: 'steps-fail', for: '0s' },
    summary: 'Steps have failed five times or more, and are tried again',
    // The workers' counter is complete at once; the look at workflows takes a while where many are open.
    expression: `max by (step) (sagaline_steps_struggling_attempts) >= ${MANY_ATTEMPTS} or label_replace(sum by (activity) (increase(sagaline_step_failures_total{attempt=~"5-9|10-"}[2m])), "step", "$1", "activity", "(.*)") > 0`,
    firing: ({ struggles }) =>
      struggles.kind === 'known'
        ? struggles.data.groups
            .filter(({ mostAttempts }) => mostAttempts >= MANY_ATTEMPTS)
            .map(({ count, workflow, step, cause }) => `${count} ${workflow}, ${step}: ${cause}`)
        : [],
  },
  {
    ...{ name: 'SagalineOutboxWaits', severity: 'page', runbook: 'the-outbox-waits', for: '0s' },
    summary: 'Rows of the outbox wait for longer than a minute',
    expression: `max by (lane) (sagaline_outbox_waiting_seconds) > ${LATE_SECONDS}`,
    firing: ({ outbox }) =>
      outbox.kind === 'known'
        ? outbox.data.lanes
            .filter(({ oldestSeconds }) => oldestSeconds > LATE_SECONDS)
            .map(({ lane, waiting }) => `${waiting} rows of ${lane}`)
        : [],
  },
  {
    ...{ name: 'SagalineOutboxSetAside', severity: 'ticket', runbook: 'the-outbox-waits', for: '0s' },
    summary: 'A stream has refused rows of the outbox for good',
    expression: `max(sagaline_outbox_set_aside) > ${SET_ASIDE_AFTER}`,
    firing: ({ outbox }) =>
      outbox.kind === 'known' && outbox.data.setAside > SET_ASIDE_AFTER
        ? [`${outbox.data.setAside} rows are set aside`]
        : [],
  },
];

/** An alert whose condition holds at this moment. */
export interface FiringAlert {
  readonly alert: Alert;
  readonly findings: readonly string[];
}

/** The alerts whose condition a snapshot meets, those that page first. */
export function firingAlerts(snapshot: SystemSnapshot): readonly FiringAlert[] {
  return ALERTS.map((alert) => ({ alert, findings: alert.firing(snapshot) }))
    .filter(({ findings }) => findings.length > 0)
    .sort((one, other) => one.alert.severity.localeCompare(other.alert.severity));
}

function entriesOf<Item>(part: Part<readonly Item[]>): readonly Item[] {
  return part.kind === 'known' ? part.data : [];
}

/** What of a kind is paused, in words; `name` for one thing alone. */
function pausedIn(pauses: SystemSnapshot['pauses'], kind: SwitchKind, name?: string): string[] {
  return entriesOf(pauses)
    .filter((pause) => pause.kind === kind && (name ?? pause.name) === pause.name)
    .map((pause) => `the ${kind} ${pause.name} is ${pauseInWords(pause)}`);
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}
