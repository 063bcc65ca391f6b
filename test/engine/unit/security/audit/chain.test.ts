// The chain of the audit: whatever happens to a record is named by its sequence.
import fc from 'fast-check';
import type { AuditFinding, AuditHead, AuditRecord } from '../../../../../src/security/audit';
import { beginVerification, hashOf, headIn, headText } from '../../../../../src/security/audit';
import { canonicalJson } from '../../../../../src/security/audit/record';

const KINDS = ['change', 'outcome', 'read', 'request', 'approval'] as const;
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const content = fc.record({
  recordedAt: fc.constant('2026-01-31T12:00:00.000001Z'),
  role: text,
  actor: text,
  verified: fc.boolean(),
  kind: fc.constantFrom(...KINDS),
  action: text,
  target: text,
  details: fc.dictionary(text, text).map(canonicalJson),
  refersTo: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
});
const chains = fc.array(content, { minLength: 3, maxLength: 12 }).map(chainOf);

function chainOf(contents: readonly Omit<AuditRecord, 'sequence' | 'previousHash' | 'hash'>[]) {
  const chain: AuditRecord[] = [];
  for (const [index, each] of contents.entries()) {
    const previousHash = chain.at(-1)?.hash ?? '0'.repeat(64);
    chain.push(signed({ ...each, sequence: index + 1, previousHash }));
  }
  return chain;
}

function signed(record: Omit<AuditRecord, 'hash'>): AuditRecord {
  return { ...record, hash: hashOf(record) };
}

/** As PostgreSQL returns them: by their sequence. */
function findingsIn(records: readonly AuditRecord[], kept?: AuditHead): AuditFinding[] {
  const check = beginVerification(kept);
  const inOrder = [...records].sort((one, other) => one.sequence - other.sequence);
  return [...inOrder.flatMap((record) => check.next(record)), ...check.end()];
}

const headOf = (chain: readonly AuditRecord[]): AuditHead => {
  const { sequence, hash } = chain.at(-1) ?? { sequence: 0, hash: '' };
  return { sequence, hash };
};
function recordAt(chain: readonly AuditRecord[], index: number): AuditRecord {
  const record = chain[index];
  if (!record) throw new Error(`the chain has no record ${index}`);
  return record;
}

/** A chain, and the index of one of its records. */
const chainAndIndex = chains.chain((chain) => fc.tuple(fc.constant(chain), fc.nat(chain.length - 1)));

const CHANGES: Readonly<Record<Exclude<keyof AuditRecord, 'sequence'>, (record: AuditRecord) => unknown>> = {
  recordedAt: () => '2026-01-31T12:00:00.000002Z',
  role: ({ role }) => `${role}x`,
  actor: ({ actor }) => `${actor}x`,
  verified: ({ verified }) => !verified,
  kind: ({ kind }) => (kind === 'read' ? 'change' : 'read'),
  action: ({ action }) => `${action} `,
  target: ({ target }) => target.slice(1),
  details: ({ details }) => `${details} `,
  refersTo: ({ refersTo }) => (refersTo ?? 0) + 1,
  previousHash: ({ previousHash }) => flipped(previousHash),
  hash: ({ hash }) => flipped(hash),
};
const flipped = (hash: string) => (hash.startsWith('0') ? '1' : '0') + hash.slice(1);

test('a chain that nobody has touched has no findings, and its head is the last record', () => {
  fc.assert(
    fc.property(chains, (chain) => {
      expect(findingsIn(chain)).toEqual([]);
      expect(findingsIn(chain, headOf(chain))).toEqual([]);
      expect(findingsIn(chain, headOf(chain.slice(0, 2)))).toEqual([]);
    }),
  );
  expect(findingsIn([])).toEqual([]);
});

test.each(Object.entries(CHANGES))('a changed %s is named', (field, changed) => {
  fc.assert(
    fc.property(chainAndIndex, ([chain, index]) => {
      const forged = chain.map((each, at) => (at === index ? { ...each, [field]: changed(each) } : each));
      expect(findingsIn(forged)).toEqual([{ kind: 'changed', sequence: index + 1 }]);
    }),
  );
});

test('a record that was changed together with its hash no longer belongs to its neighbour', () => {
  fc.assert(
    fc.property(chainAndIndex, ([chain, index]) => {
      const forged = chain.map((each, at) => (at === index ? signed({ ...each, actor: 'mallory' }) : each));
      fc.pre(forged[index]?.hash !== chain[index]?.hash);
      const sequence = index + 1;
      const isLast = sequence === chain.length;
      expect(findingsIn(forged)).toEqual(isLast ? [] : [{ kind: 'unlinked', sequence, next: sequence + 1 }]);
      // The last one has no neighbour yet: the kept head names it.
      const kept = findingsIn(forged, headOf(chain));
      expect(kept).toContainEqual(
        isLast ? { kind: 'another-chain', sequence } : { kind: 'unlinked', sequence, next: sequence + 1 },
      );
    }),
  );
});

test('removed records are named; at the end, against a kept head', () => {
  fc.assert(
    fc.property(chainAndIndex, fc.integer({ min: 1, max: 3 }), ([chain, index], count) => {
      const left = chain.filter((_, at) => at < index || at >= index + count);
      const missing = { kind: 'missing', sequence: index + 1, last: Math.min(index + count, chain.length) };
      expect(findingsIn(left, headOf(chain))).toEqual([missing]);
      if (index + count >= chain.length) expect(findingsIn(left)).toEqual([]);
      else expect(findingsIn(left)).toEqual([missing]);
    }),
  );
});

test('two records that have changed places are both named', () => {
  fc.assert(
    fc.property(chainAndIndex, fc.nat(), ([chain, one], step) => {
      const other = (one + 1 + (step % (chain.length - 1))) % chain.length;
      const forged = chain.map((each, index) => {
        if (index === one) return { ...recordAt(chain, other), sequence: each.sequence };
        return index === other ? { ...recordAt(chain, one), sequence: each.sequence } : each;
      });
      const named = [one, other].sort((a, b) => a - b).map((index) => index + 1);
      expect(findingsIn(forged)).toEqual(named.map((sequence) => ({ kind: 'changed', sequence })));
    }),
  );
});

test('an inserted record is named: under a sequence that is taken, or in place of the others, which move up', () => {
  fc.assert(
    fc.property(chainAndIndex, content, ([chain, index], given) => {
      const before = recordAt(chain, index);
      const inserted = signed({ ...given, sequence: before.sequence + 1, previousHash: before.hash });
      const later = chain.slice(index + 1);
      const moved = later.map((each) => ({ ...each, sequence: each.sequence + 1 }));
      expect(findingsIn([...chain.slice(0, index + 1), inserted, ...moved])).toEqual(
        moved.map(({ sequence }) => ({ kind: 'changed', sequence })),
      );
      if (later.length > 0)
        expect(findingsIn([...chain, inserted])).toContainEqual({
          kind: 'out-of-order',
          sequence: inserted.sequence,
        });
    }),
  );
});

test('a chain that was made anew from a record on is another one than that of the kept head', () => {
  fc.assert(
    fc.property(chainAndIndex, ([chain, index]) => {
      const anew = chainOf(
        chain.map((each, at) => (at === index ? { ...each, actor: `${each.actor}x` } : each)),
      );
      expect(findingsIn(anew)).toEqual([]);
      expect(findingsIn(anew, headOf(chain))).toEqual([{ kind: 'another-chain', sequence: chain.length }]);
      expect(findingsIn(anew, { sequence: index + 1, hash: chain[index]?.hash ?? '' })).toEqual([
        { kind: 'another-chain', sequence: index + 1 },
      ]);
    }),
  );
});

test('no two lists of fields have the same encoding', () => {
  const chain = chainOf([
    {
      ...{ recordedAt: '', role: 'ab', actor: 'c', verified: true, kind: 'read', action: 'a', target: 't' },
      ...{ details: '{}', refersTo: undefined },
    },
  ]);
  const record = recordAt(chain, 0);
  for (const moved of [
    { role: 'a', actor: 'bc' },
    { role: 'ab1:c', actor: '' },
    { role: 'ab,1:c', actor: 'c' },
  ])
    expect(hashOf({ ...record, ...moved })).not.toBe(record.hash);
});

test('details have one text, whatever the order of their names', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, A: true })).toBe(
    '{"A":true,"b":[1,{"c":"x","d":null}]}',
  );
});

test('a head is read as it is written, and nothing else is one', () => {
  const head = { sequence: 17, hash: 'ab'.repeat(32) };
  expect(headIn(headText(head))).toEqual(head);
  for (const wrong of ['', '17', `0:${head.hash}`, `17:${head.hash}0`, `17:${head.hash.toUpperCase()}`])
    expect(headIn(wrong)).toBeUndefined();
});
