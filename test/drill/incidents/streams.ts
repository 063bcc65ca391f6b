/** Streams without room. */
import { malformedOf, newOrderId, orderOf } from '../../../demo/orders';
import { articleViewed } from '../../../domains/shop/events';
import type { OutgoingEvent } from '../../../src/contracts';
import { encodeEvent } from '../../../src/contracts';
import type { SystemSnapshot } from '../../../src/observability';
import type { Incident } from '../incident';
import { known } from '../incident';
import type { Stage } from '../stage';
import { DEAD_LETTERS_BYTES, EVENTS_BYTES } from '../stage';

const KIB = 1024;
/** One of each size after the other, until the stream takes none of it. */
const SIZES = [600 * KIB, 100 * KIB, 20 * KIB, 4 * KIB];
const MORE_ROOM = 8;
const FULL_WITHIN_MS = 60_000;
const SETTING = 'cannot: a setting of the deployment';

const isFull = (snapshot: SystemSnapshot, name: string) =>
  known(snapshot, 'streams')?.find(({ stream, level }) => stream === name && level === 'full');
const inWords = (snapshot: SystemSnapshot, name: string) => {
  const found = isFull(snapshot, name);
  return found && `${name} full, ${found.bytes} of ${found.maxBytes} bytes`;
};

/** A field that the contract does not know makes an event large. */
function padded(event: OutgoingEvent, bytes: number): OutgoingEvent {
  const text = new TextDecoder().decode(event.body);
  return {
    ...event,
    body: new TextEncoder().encode(text.replace(/}\s*}$/, `,"padding":"${'x'.repeat(bytes)}"}}`)),
  };
}

function viewOf(): OutgoingEvent {
  const [id, time] = [newOrderId('view'), new Date().toISOString()];
  const data = { sku: 'FULL-STREAM', viewedAt: time };
  return encodeEvent({ contract: articleViewed, id, time, data }, { source: '/drill/web-shop' });
}

const eventsFull: Incident = {
  name: 'event stream full',
  begin: async (stage) => {
    await fill(stage, (size) => padded(viewOf(), size));
    return {
      tells: (snapshot) => inWords(snapshot, 'EVENTS'),
      finding: /^EVENTS is full:/,
      mend: {
        command: 'STREAM_MAX_BYTES=… npm run provision',
        run: () => stage.provision({ STREAM_MAX_BYTES: String(MORE_ROOM * EVENTS_BYTES) }),
        clicks: SETTING,
      },
      isOver: (snapshot) => known(snapshot, 'streams') !== undefined && !isFull(snapshot, 'EVENTS'),
    };
  },
};

/** Publishes until the stream has room for nothing. */
async function fill({ shop }: Stage, eventOf: (size: number) => OutgoingEvent): Promise<void> {
  const deadline = performance.now() + FULL_WITHIN_MS;
  for (const size of SIZES) {
    let isTaken = true;
    while (isTaken && performance.now() < deadline) {
      isTaken = await shop.publish(eventOf(size)).then(
        () => true,
        () => false,
      );
    }
  }
}

const deadLettersFull: Incident = {
  name: 'dead-letter stream full',
  begin: async (stage) => {
    const size = 200 * KIB;
    // Some more than fit, which are parked.
    for (let sent = 0; sent * size < DEAD_LETTERS_BYTES + 4 * size; sent++)
      await stage.shop.publish(padded(malformedOf(orderOf(newOrderId('large'))), size));
    const parkedIn = (snapshot: SystemSnapshot) => known(snapshot, 'deadLetters')?.parked ?? 0;
    return {
      tells: (snapshot) => {
        const parked = parkedIn(snapshot);
        return parked > 0 ? `${parked} dead letters parked` : inWords(snapshot, 'DEAD_LETTERS');
      },
      finding: /^DEAD_LETTERS is full:|dead letters are parked/,
      mend: {
        command: 'DEAD_LETTERS_MAX_BYTES=… npm run provision',
        run: () => stage.provision({ DEAD_LETTERS_MAX_BYTES: String(MORE_ROOM * DEAD_LETTERS_BYTES) }),
        clicks: SETTING,
      },
      isOver: (snapshot) =>
        known(snapshot, 'deadLetters') !== undefined &&
        parkedIn(snapshot) === 0 &&
        !isFull(snapshot, 'DEAD_LETTERS'),
    };
  },
};

export const streamIncidents: readonly Incident[] = [deadLettersFull, eventsFull];
