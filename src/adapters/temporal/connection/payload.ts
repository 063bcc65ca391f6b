import type { Client } from '@temporalio/client';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';

type Payload = temporal.api.common.v1.IPayload;

/** The value of a payload in a raw history, through the client's codecs and converter; `undefined` without a payload. */
export async function valueOf(client: Client, payload: Payload | null | undefined): Promise<unknown> {
  if (!payload) return undefined;
  return decodeOptionalSinglePayload<unknown>(client.options.loadedDataConverter, payload);
}
