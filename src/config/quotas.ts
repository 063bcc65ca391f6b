import { z } from 'zod';

/** The quotas of processes that an early event opens and that wait for the event that begins them: docs/tokens.md. */
export const quotaSettings = {
  /** The most such processes of one principal, or provider, in ten minutes, at each gateway. */
  GATEWAY_MAX_WAITING: z.coerce.number().int().min(1).max(10_000_000).default(100),
  /** The most such processes at once, whoever has opened them. Further events are dead-lettered. */
  BRIDGE_MAX_WAITING: z.coerce.number().int().min(1).max(10_000_000).default(10_000),
};
