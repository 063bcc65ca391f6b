import { readData } from '../../contracts';
import type { OperatorContext } from '../context';
import { payloadOf } from '../payload';

/** An edited event with its personal fields encrypted. What does not fit its contract is left to the check of the edit. */
export async function sealedBody(
  context: Pick<OperatorContext, 'catalogue' | 'personal'>,
  body: Uint8Array,
): Promise<Uint8Array> {
  const payload = payloadOf(body);
  if (!('json' in payload)) return body;
  const event = payload.json as { readonly type?: unknown; readonly data?: unknown } | null;
  const contract = typeof event?.type === 'string' ? context.catalogue.contractOf(event.type) : undefined;
  if (!contract?.subject) return body;
  const reading = readData(contract, event?.data);
  if (!reading.ok) return body;
  return Buffer.from(
    JSON.stringify({ ...event, data: await context.personal().seal(contract, reading.data) }),
  );
}
