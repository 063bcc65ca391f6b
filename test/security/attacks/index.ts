/** Every attack, in the order in which they run: those that break the open stack come last. */
import type { Attack } from '../attack';
import { codec } from './codec';
import { destructive, nats } from './nats';
import { orders } from './orders';
import { people } from './people';
import { requests } from './requests';
import { temporal } from './temporal';
import { tls } from './tls';
import { tokens } from './tokens';
import { webhooks } from './webhooks';

export const attacks: readonly Attack[] = [
  ...requests,
  ...tokens,
  ...orders,
  ...webhooks,
  ...codec,
  ...temporal,
  ...people,
  ...tls,
  ...nats,
  ...destructive,
];
