import type { OutgoingEvent } from '../src/contracts';
import { createCatalogue } from '../src/contracts';
import { shop } from '../domains/shop';
import type { PersonalData } from '../src/security/personal';

const catalogue = createCatalogue([shop]);

/** The event with its personal fields encrypted, as the gateway does; one that breaks its contract stays as it is. */
export async function sealedEvent(event: OutgoingEvent, { seal }: PersonalData): Promise<OutgoingEvent> {
  const envelope = JSON.parse(new TextDecoder().decode(event.body)) as { type: string; data: unknown };
  const contract = catalogue.contractOf(envelope.type);
  if (!contract?.schema.safeParse(envelope.data).success) return event;
  const data = await seal(contract, envelope.data);
  return data === envelope.data
    ? event
    : { ...event, body: new TextEncoder().encode(JSON.stringify({ ...envelope, data })) };
}
