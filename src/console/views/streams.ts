import type { GroupState, PartitionState, StreamState, SystemSnapshot } from '../../observability';
import { freshly } from './freshness';
import type { Html, Part } from './html';
import { html } from './html';
import { link, note, table, time } from './parts';
import { bytes, duration, percent, rate } from './units';

/** An event that waits longer than this is late, as for the alert. */
const LATE_SECONDS = 60;
/** Partitions that are named: the others are in the cells. */
const MOST_HOT = 10;
const UNLIMITED = 'no limit';

/** Streams with their limits, and the partitions of each group of consumers. */
export function streamsBody({ streams, partitions }: SystemSnapshot): Part {
  return [
    html`<h2>Streams</h2>`,
    freshly('Streams', streams, streamsTable),
    html`<h2>Partitions</h2>`,
    freshly('Partitions', partitions, (groups) =>
      groups.length === 0
        ? note('plain', 'No group has consumers: run sagaline provision.')
        : groups.map(groupPart),
    ),
  ];
}

function streamsTable(streams: readonly StreamState[]): Part {
  if (streams.length === 0) return note('bad', 'There are no streams: run sagaline provision.');
  return table(
    'Streams',
    ['stream', 'used', 'level', 'messages', 'bytes', 'limit', 'stored', 'growth', 'full in'],
    streams.map((stream) => {
      const { share, level, messages, maxMessages, bytes: used, maxBytes, growthBytesPerSecond } = stream;
      return [
        stream.stream,
        maxBytes > 0 || maxMessages > 0 ? percent(share) : '',
        html`<span class="level ${level}">${level}</span>`,
        maxMessages > 0 ? `${messages} of ${maxMessages}` : messages,
        bytes(used),
        maxBytes > 0 ? bytes(maxBytes) : UNLIMITED,
        rate(stream.storedPerSecond),
        growthBytesPerSecond === undefined ? 'not known yet' : growth(growthBytesPerSecond),
        stream.daysLeft === undefined ? '' : `${stream.daysLeft.toFixed(1)} d`,
      ];
    }),
  );
}

function growth(perSecond: number): string {
  return `${perSecond < 0 ? '−' : ''}${bytes(Math.abs(perSecond))}/s`;
}

function groupPart({
  group,
  kind,
  lag,
  attended,
  redelivered,
  settledPerSecond,
  partitions,
}: GroupState): Html {
  const hot = partitions
    .filter(({ lag: waiting }) => waiting > 0)
    .sort((one, other) => ageOf(other) - ageOf(one))
    .slice(0, MOST_HOT);
  return html`<section>
    <h3>${kind === 'bridge' ? 'bridge' : 'subscription'} ${group}</h3>
    <p>
      ${lag} events wait, ${redelivered} were delivered more than once. A process asks for ${attended} of
      ${partitions.length} partitions.
      ${settledPerSecond !== undefined && `Settled: ${rate(settledPerSecond)}.`}
    </p>
    <ol class="cells" aria-label="Partitions of ${group}">
      ${partitions.map(cell)}
    </ol>
    ${
      hot.length > 0 &&
      table(
        `Partitions of ${group} with events that wait`,
        ['partition', 'wait', 'in flight', 'repeated', 'oldest', 'its key', 'its event'],
        hot.map(hotRow),
      )
    }
  </section>`;
}

function cell(state: PartitionState): Html {
  const { partition, lag, attended } = state;
  const level = !attended ? 'nobody' : lag === 0 ? 'idle' : ageOf(state) > LATE_SECONDS ? 'late' : 'busy';
  return html`<li class="${level}">
    <span>${partition}</span> <strong>${lag}</strong>
    <span>${!attended ? 'nobody' : lag > 0 && duration(ageOf(state))}</span>
  </li>`;
}

function hotRow({ partition, lag, inFlight, redelivered, oldest }: PartitionState): Part[] {
  const key = oldest?.key ?? '';
  return [
    ...[partition, lag, inFlight, redelivered, time(oldest?.storedAt)],
    key !== '' && html`<a href="${link('/sagas', { q: key })}">${key}</a>`,
    oldest ? `${oldest.subject}, ${oldest.sequence}` : 'could not be read',
  ];
}

function ageOf({ oldest }: PartitionState): number {
  return oldest?.ageSeconds ?? 0;
}
