import type { Incident } from '../incident';
import { deadLetterIncidents } from './dead-letters';
import { loadIncidents } from './load';
import { orderIncidents } from './orders';
import { streamIncidents } from './streams';

/** In an order in which none disturbs the next: full streams come last. */
export const incidents: readonly Incident[] = [
  ...orderIncidents,
  ...deadLetterIncidents,
  ...loadIncidents,
  ...streamIncidents,
];
