import { condition } from '@temporalio/workflow';
import type { SagaResult } from '../../../src/contracts/names/saga';
import { identityOf } from '../../../src/contracts/names/event';
import { receiveEvents } from '../../../src/saga/receive-events';
import { EVENTS_OF_AN_ORDER } from '../../bridge/names';

/**
 * Replaces the shop's order: records each event that the product's inbox gives it, and ends when it has as many as
 * are published for an order. An event that came twice would be recorded twice, and another one would be missing.
 */
export async function order({ key }: { key: string }): Promise<SagaResult & { readonly applied: string[] }> {
  const applied: string[] = [];
  const { seen } = receiveEvents({ key, shapes: {} }, [], (event) => applied.push(identityOf(event)));
  await condition(() => applied.length >= EVENTS_OF_AN_ORDER);
  return { state: 'completed', seen: seen(), applied };
}
