import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import {
  decodeOptionalFailureToOptionalError,
  decodeOptionalSingle,
} from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';

type Payload = temporal.api.common.v1.IPayload;
type Failure = temporal.api.failure.v1.IFailure;

/**
 * The value of a payload in a raw history, through the client's codecs and converter; `undefined` without a payload, or
 * if it is no value: anybody who reaches Temporal may put anything into a signal.
 *
 * @param workflowId of the history; a codec may refuse what was encrypted for another workflow
 */
export async function valueOf(
  client: Client,
  payload: Payload | null | undefined,
  workflowId?: string,
): Promise<unknown> {
  if (!payload) return undefined;
  const { loadedDataConverter, namespace } = client.options;
  const { payloadCodecs, payloadConverter } = loadedDataConverter;
  const context =
    workflowId === undefined ? undefined : ({ type: 'workflow', namespace, workflowId } as const);
  const decoded = await decodeOptionalSingle(payloadCodecs, payload, context);
  try {
    return decoded && payloadConverter.fromPayload<unknown>(decoded);
  } catch {
    return undefined;
  }
}

/** Like {@link valueOf}, if the value is a text; otherwise `undefined`. */
export async function textOf(
  client: Client,
  payload: Payload | null | undefined,
): Promise<string | undefined> {
  const value = await valueOf(client, payload);
  return typeof value === 'string' ? value : undefined;
}

export function plainText(payload: Payload): string {
  const value = plainValue(payload);
  return typeof value === 'string' ? value : '';
}

/** Decodes payloads that codecs never encode: search attributes, and the data that the core writes into markers. */
export function plainValue(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

/** The message of a failure, through the client's codecs; `undefined` without a failure or a message. */
export async function failureMessage(
  client: Client,
  failure: Failure | null | undefined,
): Promise<string | undefined> {
  const error = await decodeOptionalFailureToOptionalError(client.options.loadedDataConverter, failure);
  return error?.message === '' ? undefined : error?.message;
}
