import { ApplicationFailure } from '@temporalio/workflow';
import type { EventOf } from '../../../src/contracts/model/event';
import type { SagaResult } from '../../../src/contracts/names/saga';
import { openInbox } from '../../../src/saga';
import type { pinged, ponged } from './domain';
import { PINGED_V2, PONGED } from './names';
import { PING_SHAPES } from './shapes';

/** These workflows are in the same bundle. */
export { journal } from '../journal/workflow';
export { broken, endless } from './broken-workflow';
export { laborious } from './laborious-workflow';
export { gather, probe, recur } from './probe-workflows';
export { keyless } from './recurring-wrong';
export { nailed } from './stuck-workflow';
export { tally } from './tally-workflow';

const A_DAY_MS = 24 * 60 * 60_000;

/** Collects pings until a pong ends it. Fails when the pong asks for it, and shows in its state how many pings it has applied. */
export async function ping({ key }: { key: string }): Promise<SagaResult> {
  const inbox = openInbox<EventOf<typeof pinged> | EventOf<typeof ponged>>({ key, shapes: PING_SHAPES });
  for (let pings = 0; ; pings++) {
    const event = await inbox.take([PINGED_V2, PONGED], { ms: A_DAY_MS, waiting: 'Waiting for the pong' });
    if (event?.type !== PONGED) continue;
    if (event.data.note === 'fail')
      throw ApplicationFailure.nonRetryable('the pong asked for it', 'asked-for');
    return { state: `ponged after ${pings}`, seen: inbox.seen() };
  }
}
