import { z } from 'zod';

/** `EUR:500000,JPY:80000`: an amount in minor units for each currency. */
const amounts = z
  .string()
  .regex(
    /^[A-Z]{3}:\d{1,15}(,[A-Z]{3}:\d{1,15})*$/,
    'must be amounts in minor units such as EUR:500000,JPY:80000',
  )
  .transform((text): Readonly<Record<string, number>> =>
    Object.fromEntries(text.split(',').map((part) => [part.slice(0, 3), Number(part.slice(4))] as const)),
  );

/** Actions of operators on many at once: docs/console.md. */
export const bulkSettings = {
  /** Between the start of a bulk and its first item. In this time it can be cancelled. 0: it begins at once. */
  BULK_GRACE_SECONDS: z.coerce.number().int().min(0).max(600).default(10),
  /** A bulk of more items than this needs a second person. Default: one person is enough. */
  BULK_FOUR_EYES_ABOVE: z.coerce.number().int().min(0).optional(),
  /**
   * A bulk that puts more money at risk than this needs a second person: `EUR:500000,JPY:80000`, in minor units. Default:
   * one person is enough.
   */
  BULK_FOUR_EYES_ABOVE_VALUE: amounts.optional(),
};
