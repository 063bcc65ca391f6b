/** Every attack, in the order in which they run: those that break the open stack come last. */
import type { Attack } from '../attack';
import { codec } from './codec';
import { destructive, nats } from './nats';
import { orders } from './orders';
import { people } from './people';
import { personal } from './personal';
import { requests } from './requests';
import { signatures } from './signatures';
import { tls } from './tls';
import { tokens } from './tokens';
import { webhooks } from './webhooks';
import { workflows } from './workflows';

export const attacks: readonly Attack[] = [
  ...requests,
  ...tokens,
  ...orders,
  ...webhooks,
  ...codec,
  ...workflows,
  ...people,
  ...personal,
  ...signatures,
  ...tls,
  ...nats,
  ...destructive,
];
