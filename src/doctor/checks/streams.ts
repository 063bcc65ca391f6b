import type { StreamProblem } from '../../adapters/nats';
import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, warning, problem } = findingsOf('streams');

const CODES: Readonly<Record<StreamProblem['kind'], string>> = {
  'stream-missing': 'stream-missing',
  'stream-differs': 'stream-differs',
  'consumers-missing': 'consumers-missing',
  'consumer-differs': 'consumer-differs',
};

/** Streams and consumers that are missing, or not as this version needs them. */
export function checkStreams(
  problems: readonly StreamProblem[],
  { provision }: { readonly provision: 'create' | 'check' },
): Finding[] {
  if (problems.length === 0) return [ok('JetStream', 'streams and consumers are as they must be')];
  return problems.map(({ kind, name, fixed, text }) =>
    problem({
      ...{ code: CODES[kind], where: name, what: text },
      remedy:
        fixed === true
          ? 'it cannot be changed: give Sagaline a NATS account of its own, or move the stream out of the way'
          : provision === 'create'
            ? '"npx sagaline provision", or "npx sagaline doctor --fix"'
            : 'PROVISION=check: ask those who make the streams; the text has the settings',
    }),
  );
}

/** Settings that raise the limit of a stream. */
const LIMITS: Readonly<Record<string, string>> = {
  EVENTS: 'STREAM_MAX_BYTES',
  DEAD_LETTERS: 'DEAD_LETTERS_MAX_BYTES',
  OPERATIONS: 'OPERATIONS_MAX_BYTES',
};

/** A stream that is full, or nearly. */
export interface Filling {
  readonly stream: string;
  /** Such as `nearly full: 83 % of its limit`. */
  readonly complaint: string;
  readonly full: boolean;
}

export function checkFill(filling: readonly Filling[]): Finding[] {
  return filling.map(({ stream, complaint, full }) => {
    const setting = LIMITS[stream];
    return (full ? problem : warning)({
      ...{
        code: full ? 'stream-full' : 'stream-fills',
        where: stream,
        what: `stream ${stream}: ${complaint}`,
      },
      remedy:
        setting === undefined
          ? 'make room in DEAD_LETTERS: "npx sagaline dead-letters list"'
          : `raise ${setting} and run "npx sagaline provision": docs/operating.md#full-streams`,
    });
  });
}
