import { randomUUID } from 'node:crypto';
import { occurrenceOf } from '../../../src/contracts';
import type { Occurrences } from '../../../src/effects';

/** The contract of every store of the ended occurrences of a process. */
export function occurrencesConformance(open: () => Promise<Occurrences>): void {
  let occurrences: Occurrences;

  beforeAll(async () => {
    occurrences = await open();
  });

  const newKey = () => `o-${randomUUID()}`;
  const occurrence = (id: string) => occurrenceOf('probe', { source: '/test', id });
  const has = (correlationKey: string, id: string) =>
    occurrences.hasOccurrenceEnded({ correlationKey, occurrence: occurrence(id) });

  test('an occurrence has ended when that was recorded, of this process only', async () => {
    const [key, other] = [newKey(), newKey()];
    expect(await has(key, 'e-1')).toBe(false);
    await occurrences.endOccurrences({
      correlationKey: key,
      occurrences: [occurrence('e-1'), occurrence('e-2')],
    });
    expect([await has(key, 'e-1'), await has(key, 'e-2'), await has(key, 'e-3')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await has(other, 'e-1')).toBe(false);
  });

  test('to record it again, in another company, is harmless', async () => {
    const correlationKey = newKey();
    for (const ids of [['e-1'], ['e-1', 'e-2'], ['e-1', 'e-1'], []])
      await occurrences.endOccurrences({ correlationKey, occurrences: ids.map(occurrence) });
    expect([await has(correlationKey, 'e-1'), await has(correlationKey, 'e-2')]).toEqual([true, true]);
  });
}
