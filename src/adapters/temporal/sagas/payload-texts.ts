import type { Client } from '@temporalio/client';
import { decodeOptionalSingle } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';

type Payload = temporal.api.common.v1.IPayload;

/** The payloads of a run's history, decoded, as texts: all that workflows, their steps and signals have stored there. */
export async function payloadTexts(client: Client, workflowId: string, runId: string): Promise<string[]> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const { payloadCodecs } = client.options.loadedDataConverter;
  const texts: string[] = [];
  for (const payload of payloadsIn(history.events ?? [])) {
    const decoded = await decodeOptionalSingle(payloadCodecs, payload);
    if (decoded?.data) texts.push(Buffer.from(decoded.data).toString('utf8'));
  }
  return texts;
}

function* payloadsIn(value: unknown): Generator<Payload> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if ('metadata' in value && 'data' in value) yield value as Payload;
  else for (const inner of Object.values(value)) yield* payloadsIn(inner);
}
