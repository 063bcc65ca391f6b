import type { Payment } from './payment';

export interface PageRequest {
  /** Unix seconds. */
  readonly updatedSince: number;
  readonly limit: number;
  readonly startingAfter?: string | undefined;
}

export interface Page {
  readonly data: readonly Payment[];
  readonly has_more: boolean;
}

// A reader that has not asked for its next page after this many other pages has probably stopped.
const PAGES_REMEMBERED = 1_000;

/**
 * Lists payments by their last change, oldest first, page by page. A payment that changes moves to the end, even when a page
 * ended with it: its place at that time is kept, so that the next page misses nothing.
 */
export function createPaymentPages(): (
  payments: Iterable<Payment>,
  request: PageRequest,
) => Page | undefined {
  const ends = new Map<string, Payment>();

  /** Returns `undefined` when the payment `startingAfter` does not exist. */
  return (payments, { updatedSince, limit, startingAfter }) => {
    const sorted = [...payments].sort(byChange);
    const after =
      startingAfter === undefined
        ? undefined
        : (ends.get(startingAfter) ?? sorted.find(({ id }) => id === startingAfter));
    if (startingAfter !== undefined && !after) return undefined;
    const wanted = sorted.filter(
      (payment) => payment.updated >= updatedSince && (!after || byChange(after, payment) < 0),
    );
    const data = wanted.slice(0, limit);
    const last = data.at(-1);
    if (last) {
      ends.delete(last.id);
      ends.set(last.id, last);
    }
    const [oldest] = ends.keys();
    if (ends.size > PAGES_REMEMBERED && oldest !== undefined) ends.delete(oldest);
    return { data, has_more: wanted.length > limit };
  };
}

function byChange(one: Payment, other: Payment): number {
  if (one.updated !== other.updated) return one.updated - other.updated;
  return one.id < other.id ? -1 : Number(one.id > other.id);
}
