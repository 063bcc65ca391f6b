import type { Transaction } from '../../../src/adapters/postgres';
import type { Lanes } from '../../../src/subscriptions/batch/ports';
import { LaneLostError } from '../../../src/subscriptions/batch/ports';

/** Lanes of one subscription, without anything in them, and a way to let their leases end. */
export interface LanesUnderTest {
  readonly lanes: Lanes;
  /** Lets the lease of a member end, as if it had been killed long ago. */
  readonly expire: (member: string) => Promise<void>;
  /** What transactions have written, in the order of their commits. */
  readonly written: () => Promise<readonly string[]>;
  /** A statement that writes a text. */
  readonly write: string;
}

const COUNT = 8;
const nothing = () => Promise.resolve();

/** Work that writes a text. */
function writing(write: string, text: string) {
  return async (transaction: Transaction): Promise<void> => {
    await transaction.query(write, [text]);
  };
}

/** What both implementations of the lanes promise. */
export function lanesConform(make: (count: number) => Promise<LanesUnderTest>): void {
  const numbers = ({ mine }: Awaited<ReturnType<Lanes['attend']>>) => mine.map(({ lane }) => lane);

  test('a lone member has all lanes, from the first event on', async () => {
    const { lanes } = await make(COUNT);
    const { mine, share } = await lanes.attend('one');
    expect(share).toBe(COUNT);
    expect(mine).toEqual(
      Array.from({ length: COUNT }, (_, lane) => ({ lane, sequence: 0, stream: undefined })),
    );
  });

  test('a newcomer gets its share when it is given back, and nothing before', async () => {
    const { lanes } = await make(COUNT);
    await lanes.attend('one');
    expect(await lanes.attend('other')).toEqual({ mine: [], share: 4 });
    const { mine, share } = await lanes.attend('one');
    expect([mine.length, share]).toEqual([COUNT, 4]);
    for (const { lane } of mine.slice(share)) await lanes.giveBack('one', lane);
    expect(numbers(await lanes.attend('other'))).toEqual([4, 5, 6, 7]);
    expect(numbers(await lanes.attend('one'))).toEqual([0, 1, 2, 3]);
  });

  test('the lanes of a member that is gone are free after its lease, at their positions', async () => {
    const { lanes, expire } = await make(COUNT);
    await lanes.attend('killed');
    await lanes.advance({ member: 'killed', lane: 2, from: 0, to: 7 }, nothing);
    expect(numbers(await lanes.attend('other'))).toEqual([]);
    await expire('killed');
    const { mine, share } = await lanes.attend('other');
    expect(share).toBe(COUNT);
    expect(mine.find(({ lane }) => lane === 2)?.sequence).toBe(7);
    const late = lanes.advance({ member: 'killed', lane: 2, from: 7, to: 9 }, nothing);
    await expect(late).rejects.toThrow(LaneLostError);
  });

  test('a member that leaves gives its lanes back at once', async () => {
    const { lanes } = await make(COUNT);
    await lanes.attend('one');
    await lanes.leave('one');
    const { mine, share } = await lanes.attend('other');
    expect([mine.length, share]).toEqual([COUNT, COUNT]);
  });

  test('work and position are one: what rejects has changed neither, and what is repeated is not done', async () => {
    const { lanes, write, written } = await make(COUNT);
    await lanes.attend('one');
    const move = { member: 'one', lane: 0, from: 0, to: 5 };
    const failing = lanes.advance(move, async (transaction) => {
      await transaction.query(write, ['failed']);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await written()).toEqual([]);
    await lanes.advance(move, writing(write, 'done'));
    const again = jest.fn(nothing);
    await expect(lanes.advance(move, again)).rejects.toThrow(LaneLostError);
    expect(again).not.toHaveBeenCalled();
    expect(await written()).toEqual(['done']);
    expect((await lanes.attend('one')).mine[0]).toMatchObject({ lane: 0, sequence: 5 });
  });

  test('of two that move a position from the same place, one does', async () => {
    const { lanes, write, written } = await make(COUNT);
    await lanes.attend('one');
    const move = { member: 'one', lane: 3, from: 0, to: 4 };
    const attempts = await Promise.allSettled(
      ['a', 'b'].map((text) => lanes.advance(move, writing(write, text))),
    );
    expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await written()).toHaveLength(1);
  });

  test('a position is set for another stream', async () => {
    const { lanes } = await make(COUNT);
    await lanes.attend('one');
    await lanes.advance({ member: 'one', lane: 0, from: 0, to: 5 }, nothing);
    await lanes.rewind({ member: 'one', lane: 0, from: 5, to: 0 }, 'another');
    expect((await lanes.attend('one')).mine[0]).toEqual({ lane: 0, sequence: 0, stream: 'another' });
    const stale = lanes.rewind({ member: 'one', lane: 0, from: 5, to: 0 }, 'another');
    await expect(stale).rejects.toThrow(LaneLostError);
  });
}
