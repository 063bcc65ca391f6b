import { z } from 'zod';
import { readControlFile } from './control-file';
import type { RoleCounts } from './role-groups';

const answer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('scaled'),
    roles: z.array(z.object({ role: z.string(), before: z.number(), now: z.number() })),
  }),
  z.object({ kind: z.literal('refused'), code: z.string(), message: z.string() }),
]);

/** What the running stack has answered; `away` if none runs on the folder, `ended` if it ended before it answered. */
export type Scaling = z.infer<typeof answer> | { readonly kind: 'away' } | { readonly kind: 'ended' };

/** Asks the local stack of a data folder for other numbers of processes. Resolves when it has them. */
export async function askToScale(dataDir: string, counts: RoleCounts): Promise<Scaling> {
  const address = readControlFile(dataDir);
  if (address === undefined) return { kind: 'away' };
  try {
    const response = await fetch(address.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${address.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(counts),
    });
    // After a kill of the stack, another program may have its port.
    const given = response.ok ? answer.safeParse(await response.json()).data : undefined;
    return given ?? { kind: 'away' };
  } catch (error) {
    // `fetch` has the system's error as the cause of its own.
    const { cause } = error as { readonly cause?: NodeJS.ErrnoException };
    return { kind: cause?.code === 'ECONNREFUSED' ? 'away' : 'ended' };
  }
}
