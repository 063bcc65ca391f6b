import type {
  ActivateInput,
  WorkflowInboundCallsInterceptor,
  WorkflowInternalsInterceptor,
} from '@temporalio/workflow';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/workflow';
import { isRefusedValue, REFUSED_BECAUSE, SEALED_BY } from '../contracts/names/sealing';
import type { Unacceptable } from './accepted';
import { ignore } from './accepted';
import { encodeFailures } from './failure-converter';

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];
type Signal = NonNullable<Job['signalWorkflow']>;
type Start = NonNullable<Job['initializeWorkflow']>;
type Payload = NonNullable<Signal['input']>[number];

/** The SDK fails the workflow task for a signal of such a name. */
const RESERVED_NAMES = '__temporal_';

/** Thrown at the start of a workflow whose input the codec refuses: it fails the workflow task, and nothing is done. */
export class UnsealedStartError extends Error {
  override readonly name = 'UnsealedStartError';
}

/**
 * Keeps from a workflow what its deployment's codec refuses (src/security/codec), and signals that would fail the
 * workflow task. It is part of every bundle, outside of all interceptors of the project.
 */
export const interceptors = (): {
  inbound: WorkflowInboundCallsInterceptor[];
  internals: WorkflowInternalsInterceptor[];
} => ({
  inbound: [
    {
      validateUpdate: (input, next) => {
        if (input.args.some(isRefusedValue))
          throw ApplicationFailure.nonRetryable(
            'the update was not encrypted with a key of this deployment',
            'unsealed',
          );
        next(input);
      },
    },
  ],
  internals: [
    {
      activate: (input, next) => {
        const { activation } = input;
        const jobs = (activation.jobs ?? []).filter(
          ({ initializeWorkflow: start, signalWorkflow: signal }) => {
            if (start) checkStart(start);
            const why = signal ? refusalOf(signal) : undefined;
            if (why !== undefined) ignore(signal?.signalName ?? '', why);
            return why === undefined;
          },
        );
        next({ ...input, activation: { ...activation, jobs } });
      },
    },
  ],
});

/** An input that is refused fails the task rather than the workflow: it may be the settings that are wrong. */
function checkStart({ arguments: input = [], memo }: Start): void {
  const given = [...(input ?? []), ...Object.values(memo?.fields ?? {})];
  const why = given.map(refusedBecause).find(Boolean);
  if (why !== undefined)
    throw new UnsealedStartError(
      `the workflow's input or memo is refused (${why}): docs/payload-encryption.md, "Introducing it" and "Keys"`,
    );
  encodeFailures(given.some(({ metadata }) => metadata?.[SEALED_BY] !== undefined));
}

function refusalOf({ signalName, input }: Signal): Unacceptable | undefined {
  if (signalName?.startsWith(RESERVED_NAMES) === true) return 'reserved-name';
  const given = input ?? [];
  if (given.some((payload) => refusedBecause(payload) !== undefined)) return 'unsealed';
  return given.every(isReadable) ? undefined : 'no-event';
}

function isReadable(payload: Payload): boolean {
  try {
    defaultPayloadConverter.fromPayload(payload);
    return true;
  } catch {
    return false;
  }
}

function refusedBecause({ metadata }: Payload): string | undefined {
  const why = metadata?.[REFUSED_BECAUSE];
  return why && String.fromCharCode(...why);
}
