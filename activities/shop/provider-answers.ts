import { DefectError, FAILURES, RefusalError } from 'sagaline';
import { ProviderError } from './provider-http';

/**
 * What the answers of a provider mean. Each provider's adapter has one table of rows (`*.answers.ts`); an answer that is in
 * none of them falls to {@link meaningByDefault}.
 */

interface Answered<Call extends string> {
  /** The calls that may be answered so; every one without it. */
  readonly calls?: readonly Call[];
  readonly status: number;
  /** The provider's own words. Without one, any. */
  readonly type?: string;
  readonly code?: string;
}

type Meaning =
  | {
      /** Final: the request had no effect. */
      readonly means: 'refused';
      /** The domain's type for it. */
      readonly as: string;
      /** What the customer can do about it. */
      readonly customer: 'another payment method' | 'nothing';
    }
  /** Final: what was asked for has happened already, by other hands. */
  | { readonly means: 'done' }
  /** Nothing is decided: repeated until the step's deadline. */
  | { readonly means: 'again' }
  /** Final: the request is wrong, and a person has to mend something. */
  | { readonly means: 'defect'; readonly effect: 'none' | 'unknown' };

export type AnswerRow<Call extends string> = Answered<Call> & Meaning;

/** These statuses decide nothing, from the provider or from a proxy. Every other 4xx is final: a defect. */
const ASKED_AGAIN: readonly { readonly status: number; readonly code?: string }[] = [
  // Our access is wrong, or a proxy wants to know who we are: a person mends it while the step is repeated.
  { status: 401 },
  { status: 403 },
  { status: 407 },
  { status: 408 },
  { status: 409, code: 'key_in_flight' },
  { status: 421 },
  { status: 425 },
  { status: 429 },
];
/** Without the provider's own error object these come from a proxy, or from a load balancer that has no target. */
const ASKED_AGAIN_WITHOUT_WORDS: ReadonlySet<number> = new Set([402, 404]);

/** What an answer means that is in no row: a definite one is final, and everything else is asked for again. */
export function meaningByDefault({
  status = 0,
  type,
  code,
}: Pick<ProviderError, 'status' | 'type' | 'code'>): Meaning {
  if (status < 400 || status > 499) return { means: 'again' };
  const isIndefinite =
    ASKED_AGAIN.some((row) => row.status === status && (row.code ?? code) === code) ||
    (type === undefined && ASKED_AGAIN_WITHOUT_WORDS.has(status));
  return isIndefinite ? { means: 'again' } : { means: 'defect', effect: 'none' };
}

/**
 * Awaits an answer, and says what it means.
 *
 * @param done the result where the provider says that it has happened already; given the provider's code for it
 * @throws RefusalError as the table says
 * @throws DefectError where the provider does not take the request
 * @throws ProviderError where nothing is decided
 */
export type Interpret<Call extends string> = <Result>(
  call: Call,
  answer: Promise<Result>,
  done?: (code: string | undefined) => Result,
) => Promise<Result>;

export function interpreting<Call extends string>(rows: readonly AnswerRow<Call>[]): Interpret<Call> {
  return async (call, answer, done) => {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const meaning = rowOf(rows, call, error) ?? meaningByDefault(error);
      switch (meaning.means) {
        case 'refused':
          throw new RefusalError(meaning.as, error.detail ?? error.message);
        case 'done':
          if (done) return done(error.code);
          throw defectOf(error, 'unknown');
        case 'defect':
          throw defectOf(error, meaning.effect);
        case 'again':
          throw error;
      }
    }
  };
}

function rowOf<Call extends string>(
  rows: readonly AnswerRow<Call>[],
  call: Call,
  { status, type, code }: ProviderError,
): AnswerRow<Call> | undefined {
  return rows.find(
    (row) =>
      row.status === status &&
      (row.calls?.includes(call) ?? true) &&
      (row.type === undefined || row.type === type) &&
      (row.code === undefined || row.code === code),
  );
}

function defectOf(error: ProviderError, effect: 'none' | 'unknown'): DefectError {
  const said = error.detail === undefined ? '' : `: ${error.detail}`;
  return new DefectError(FAILURES.providerAnswer, `${error.message}${said}`, { cause: error, effect });
}
