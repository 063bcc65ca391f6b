import { z } from 'zod';

/** Environment variables of the domain. Activities get them, workflows do not. */
export const shopSettings = z.object({
  /** Address of the payment provider; `npm start` runs a sandbox there. */
  PAYMENTS_URL: z.url().default('http://127.0.0.1:8090'),
});
