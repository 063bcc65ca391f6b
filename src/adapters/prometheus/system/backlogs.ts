import type { DeadLetterCount, QueueState, SystemSnapshot } from '../../../observability';
import type { AddGauge } from './gauge';
import { entriesOf } from './gauge';

/** What waits elsewhere: dead letters for a person, outbox rows for the relay, tasks for workers. */
export function backlogGauges(gauge: AddGauge): void {
  deadLetterGauges(gauge);
  outboxGauges(gauge);
  queueGauges(gauge);
  gauge(
    'sagaline_pool_served',
    '1 for a pool whose new work goes to a version that workers poll for',
    ['pool'],
    ({ pools }) => entriesOf(pools).map((each) => [{ pool: each.pool }, each.served ? 1 : 0]),
  );
}

function deadLetterGauges(add: AddGauge): void {
  const gauge = (name: `sagaline_${string}`, help: string, value: (count: DeadLetterCount) => number) =>
    add(name, help, ['reason', 'context'], ({ deadLetters }) =>
      deadLetters.kind === 'unknown'
        ? []
        : deadLetters.data.reasons.map((each) => [
            { reason: each.reason, context: each.context },
            value(each),
          ]),
    );
  gauge(
    'sagaline_dead_letters_open',
    'Dead letters that nobody has redriven or discarded, by reason',
    ({ count }) => count,
  );
  gauge(
    'sagaline_dead_letters_oldest_timestamp_seconds',
    'When the oldest open dead letter was stored, by reason',
    ({ oldestAt }) => Date.parse(oldestAt) / 1_000,
  );
  gauge(
    'sagaline_dead_letters_newest_timestamp_seconds',
    'When the newest open dead letter was stored, by reason',
    ({ newestAt }) => Date.parse(newestAt) / 1_000,
  );
  add(
    'sagaline_dead_letters_parked',
    'Dead letters that wait as notes until their stream has room',
    [],
    ({ deadLetters }) => (deadLetters.kind === 'unknown' ? [] : [[{}, deadLetters.data.parked]]),
  );
}

function outboxGauges(gauge: AddGauge): void {
  const lanesOf = ({ outbox }: SystemSnapshot) => (outbox.kind === 'known' ? outbox.data.lanes : []);
  gauge(
    'sagaline_outbox_rows',
    'Rows that wait for their stream, by lane: evt is EVENTS, dlq is DEAD_LETTERS; 10000 stands for more',
    ['lane'],
    (snapshot) => lanesOf(snapshot).map(({ lane, waiting }) => [{ lane }, waiting]),
  );
  gauge(
    'sagaline_outbox_waiting_seconds',
    'Age of the oldest row that waits for its stream, by lane',
    ['lane'],
    (snapshot) => lanesOf(snapshot).map(({ lane, oldestSeconds }) => [{ lane }, oldestSeconds]),
  );
  gauge(
    'sagaline_outbox_set_aside',
    'Rows that their stream has refused for good: npx sagaline outbox list',
    [],
    ({ outbox }) => (outbox.kind === 'unknown' ? [] : [[{}, outbox.data.setAside]]),
  );
}

function queueGauges(add: AddGauge): void {
  const gauge = (name: `sagaline_${string}`, help: string, value: (queue: QueueState) => number) =>
    add(name, help, ['task_queue', 'kind', 'build_id', 'current'], ({ queues }) =>
      entriesOf(queues).map((each) => [
        {
          ...{ task_queue: each.taskQueue, kind: each.kind },
          ...{ build_id: each.buildId ?? '', current: String(each.current) },
        },
        value(each),
      ]),
    );
  gauge(
    'sagaline_queue_backlog',
    'Tasks that wait for the workers of a version, by Temporal’s estimate',
    ({ backlog }) => backlog,
  );
  gauge(
    'sagaline_queue_oldest_seconds',
    'Age of the oldest task that waits for the workers of a version',
    ({ oldestSeconds }) => oldestSeconds,
  );
  gauge(
    'sagaline_queue_pollers',
    'Workers of a version that have polled within the last 75 seconds',
    ({ pollers }) => pollers,
  );
}
