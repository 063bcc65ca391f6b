import type { EventOf } from '../../../src/contracts/model/event';
import type { EventShapes } from '../../../src/saga';
import type { pinged, ponged } from './domain';
import { PINGED_V2, PONGED } from './names';

/** The data of the ping domain's events. */
export const PING_SHAPES: EventShapes<EventOf<typeof pinged> | EventOf<typeof ponged>> = {
  [PINGED_V2]: { pingId: 'key', 'note?': 'text', urgency: 'count' },
  [PONGED]: { pingId: 'key', 'note?': 'text' },
};
