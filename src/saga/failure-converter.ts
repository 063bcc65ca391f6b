import type { FailureConverter } from '@temporalio/common';
import { DefaultFailureConverter } from '@temporalio/common';

const encoding = new DefaultFailureConverter({ encodeCommonAttributes: true });
const plain = new DefaultFailureConverter();

// State of one workflow within its sandbox, where the SDK gives each workflow its own instance of every module.
let chosen = encoding;
let isSealed = false;

/**
 * Sets whether the failures of this workflow are encoded. A bundle does not know whether its deployment has a codec,
 * so a workflow does as its input shows.
 */
export function encodeFailures(on: boolean): void {
  chosen = on ? encoding : plain;
  isSealed = on;
}

/** Whether the codec has opened this workflow's input: then a decision must name its question. */
export const isInputSealed = (): boolean => isSealed;

/**
 * Puts messages and stack traces of failures into payloads, which the codec then encrypts. Processes load it by its
 * path, and only if they have a codec.
 */
export const failureConverter: FailureConverter = {
  errorToFailure: (...given) => chosen.errorToFailure(...given),
  failureToError: (...given) => chosen.failureToError(...given),
};
