/** A test event of the console: as a publisher outside of the project would send it, and no other. */
import type { PublishReceipt } from '../../adapters/nats';
import type { Catalogue, EventContract } from '../../contracts';
import { originOf, publisherProblem } from '../../contracts';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import { checkedEvent, envelopeOf, invalid } from './checked-event';
import { publishOnRecord } from './publish';

/** The source of test events whose contract names none. */
export const TEST_SOURCE = '/console';

export interface TestEvent {
  readonly type: string;
  readonly data: unknown;
  readonly source: string;
  /** The same id is the same event, so that a form that is sent twice publishes once. */
  readonly id: string;
  readonly reason: string;
}

/** The contracts of events that publishers outside of the project send: a person may send one of them by hand. */
export function testableContracts({ contracts }: Pick<Catalogue, 'contracts'>): EventContract[] {
  return contracts.filter((contract) => originOf(contract).kind === 'external');
}

/**
 * Publishes a test event, on record. Its source must be one that `POST /events` would take, too: events of providers and of the
 * project's own steps are refused.
 *
 * @throws OperatorError `unknown-type`, `invalid-event`, and those of the audit
 */
export async function sendTestEvent(
  context: Pick<OperatorContext, 'auditing' | 'publisher' | 'catalogue' | 'personal'>,
  { type, data, source, id, reason }: TestEvent,
): Promise<PublishReceipt> {
  const { catalogue } = context;
  const contract = testableContracts(catalogue).find((each) => each.type === type);
  if (!contract)
    throw new OperatorError('unknown-type', `${type} is no event that a publisher outside may send`);
  const forbidden = publisherProblem({ source }, contract);
  if (forbidden) throw invalid(forbidden.detail, forbidden.reason, forbidden.path);
  const event = envelopeOf(contract, { data, id, source, own: TEST_SOURCE });
  const { seal } = context.personal();
  const checked = await checkedEvent(event, { catalogue, seal, own: TEST_SOURCE });
  return publishOnRecord(context, checked, { reason });
}
