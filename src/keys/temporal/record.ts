import { z } from 'zod';
import { publicKey } from './tokens';

/** What must be known to write the files for Temporal again. It has no secrets. */
export const temporalRecord = z.object({
  hosts: z.array(z.string()).min(1),
  port: z.int(),
  namespace: z.string(),
  /** Keys whose tokens the server takes, the newest first. */
  keys: z.array(publicKey),
});
export type TemporalRecord = z.infer<typeof temporalRecord>;
