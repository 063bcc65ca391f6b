import { EVENTS, REASONS, REFUSALS } from '../../../domains/shop/names';
import type { Allocation } from '../../../domains/shop/rules/allocation';
import { lookEvery } from '../../../domains/shop/rules/restock';
import type { SagaScope } from 'sagaline/workflow';
import { failureOf, SagaFailure } from 'sagaline/workflow';
import { waitAndRenew } from './authorizations';
import { writeDown } from './content';
import type { Order } from './parts';
import { piecesOf } from './steps';
import { reservation } from './warehouse';
import { cancelled } from './requests';

/** The most questions: between the question and the reservation the stock may have been sold. */
const QUESTIONS = 3;

/**
 * Only a part of the order is in stock: asks the customer whether to wait for the rest, to take the part or to cancel, and
 * applies the shop's default when no answer comes in time.
 *
 * @throws SagaFailure the refusal, when nothing is in stock any more or the refusal is of another type; a cancellation; an
 * overdue deadline
 */
export async function obtainStock(
  order: Order,
  scope: SagaScope,
  refused: SagaFailure,
): Promise<Allocation[]> {
  const { records, steps, machine } = order;
  let failure = refused;
  for (let question = 0; ; question++) {
    if (failure.type !== REFUSALS.partialStock || question >= QUESTIONS) throw failure;
    const { lines } = order.content;
    const available = await steps.availableStock({ lines: piecesOf(lines) }).run();
    if (available.length === 0) throw new SagaFailure('refused', REFUSALS.outOfStock, failure.message);
    await records.askAboutStock({ wanted: piecesOf(lines), available }).run();
    machine.transition('stock-partial', `Waiting for the customer to decide: ${failure.message}.`);
    const decision = await decided(order);
    if (decision === 'wait') {
      machine.transition('wait-decided', 'Waiting until all of it is in stock.');
      return restocked(order, scope);
    }
    machine.transition('part-decided', 'Taking the part that there is.');
    const wanted = lines.flatMap((line) => {
      const there = available.find(({ sku }) => sku === line.sku);
      return there ? [{ ...line, quantity: there.quantity }] : [];
    });
    try {
      const allocation = await scope.step(reservation(order, wanted));
      order.content = { ...order.content, lines: wanted };
      await writeDown(order, { revision: ++order.revision, addressChanged: false });
      return allocation;
    } catch (error) {
      failure = failureOf(error);
    }
  }
}

async function decided(order: Order): Promise<'wait' | 'partial'> {
  const { inbox, machine, deadlines } = order;
  const event = await waitAndRenew(order, (deadline) => inbox.take(machine.relevantEvents(), deadline), {
    instant: Date.now() + deadlines.stockDecisionWithinMs,
    waiting: 'Deadline for the decision about the stock',
  });
  if (event?.type === EVENTS.cancellationRequested) throw cancelled(event);
  if (event?.type !== EVENTS.partialStockDecided) {
    const { partialStock } = deadlines;
    if (partialStock !== 'cancel') return partialStock;
    const detail = 'only a part of the order is in stock, and nobody has decided what to do';
    throw new SagaFailure('unknown', REASONS.stockUndecided, detail);
  }
  machine.transitionSilently(event.type);
  if (event.data.decision !== 'cancel') return event.data.decision;
  const detail = 'the customer does not want a part of the order, nor to wait for the rest';
  throw new SagaFailure('unknown', REASONS.cancelledByCustomer, detail);
}

/** Checks the stock at intervals, until the whole order is in stock. */
async function restocked(order: Order, scope: SagaScope): Promise<Allocation[]> {
  const { inbox, machine, deadlines } = order;
  const { restockWithinMs, restockEveryMs } = deadlines;
  const every = lookEvery({ everyMs: restockEveryMs, withinMs: restockWithinMs });
  const until = Date.now() + restockWithinMs;
  for (;;) {
    const left = until - Date.now();
    if (left <= 0) {
      const detail = 'what the customer has waited for did not come in time';
      throw new SagaFailure('unknown', REASONS.restockOverdue, detail);
    }
    const event = await waitAndRenew(order, (deadline) => inbox.take(machine.relevantEvents(), deadline), {
      instant: Date.now() + Math.min(left, every),
      waiting: 'Look for stock again',
    });
    if (event?.type === EVENTS.cancellationRequested) throw cancelled(event);
    try {
      const allocation = await scope.step(reservation(order, order.content.lines));
      machine.transition('stock-reserved', 'All of it is in stock now.');
      return allocation;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'refused') throw failure;
    }
  }
}
