import { DefectError, FAILURES, RefusalError } from 'sagaline';
import { ProviderError } from './provider-http';

/**
 * The meaning of a provider's answers. Each provider's adapter has one table of rows (`*.answers.ts`); an answer that no row
 * matches gets the meaning of {@link meaningByDefault}.
 */

interface Answered<Call extends string> {
  /** The calls that the row applies to; all calls when absent. */
  readonly calls?: readonly Call[];
  readonly status: number;
  /** The provider's own type of the error; any type when absent. */
  readonly type?: string;
  readonly code?: string;
}

type Meaning =
  | {
      /** Final: the request had no effect. */
      readonly means: 'refused';
      /** The domain's type of the refusal. */
      readonly as: string;
      /** What the customer can do about it. */
      readonly customer: 'another payment method' | 'nothing';
    }
  /** Final: the effect exists already, made by another party. */
  | { readonly means: 'done' }
  /** Nothing is decided: repeated until the step's deadline. */
  | { readonly means: 'again' }
  /** Final: the request is wrong, and a person has to correct something. */
  | { readonly means: 'defect'; readonly effect: 'none' | 'unknown' };

export type AnswerRow<Call extends string> = Answered<Call> & Meaning;

/** These statuses decide nothing, whether from the provider or from a proxy. Every other 4xx is final: a defect. */
const ASKED_AGAIN: readonly { readonly status: number; readonly code?: string }[] = [
  // Our access is wrong, or a proxy wants authentication: a person corrects it while the step is repeated.
  { status: 401 },
  { status: 403 },
  { status: 407 },
  { status: 408 },
  { status: 409, code: 'key_in_flight' },
  { status: 421 },
  { status: 425 },
  { status: 429 },
];
/** Without the provider's own error object these statuses come from a proxy, or from a load balancer that has no target. */
const ASKED_AGAIN_WITHOUT_WORDS: ReadonlySet<number> = new Set([402, 404]);

/** The meaning of an answer that no row matches: a definite one is final, and every other one is repeated. */
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
 * Awaits an answer, and interprets it.
 *
 * @param done makes the result when the effect exists already; gets the provider's code of the answer
 * @throws RefusalError as the table says
 * @throws DefectError when the provider does not accept the request
 * @throws ProviderError when nothing is decided
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
