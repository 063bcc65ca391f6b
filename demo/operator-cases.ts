import type { Finding } from '../src/contracts';
import { COMPENSATION_STUCK, workflowIdOf } from '../src/contracts';
import { repair as repairProcess } from '../domains/shop/workflows';
import type { CaseResult, DemoCase } from './case';
import { completed, difference, outcome } from './case';
import { eventually } from './eventually';
import { operator, operatorOf } from './operator';
import { cancellationOf, malformedOf, newOrderId, orderOf, submissionOf } from './orders';
import { RELEASED, shippedTo } from './plain-orders';
import type { OpenedOrder, Shop } from './shop';
import { compensationsOf, effectsOf, endOf, openedOrder, untilState } from './shop';

/** Temporal's list of stuck sagas is a moment behind, and a finding is reported only after its grace period. */
const SEEN_WITHIN_MS = 30_000;

/** Cases that a person decides at the command line. */
export const operatorCases: readonly DemoCase[] = [
  { name: 'mended-by-hand', run: mendedByHand },
  { name: 'stuck-and-decided', run: stuckAndDecided },
  { name: 'terminated-and-reconciled', run: terminatedAndReconciled },
];

/** An order with invalid data is found among the dead letters, corrected, and redriven. */
async function mendedByHand(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('mended');
  await shop.publish(malformedOf(orderOf(orderId)));
  const deadLetter = await eventually(() => deadLetterOf(shop, orderId), SEEN_WITHIN_MS * shop.patience);
  const number = String(deadLetter?.sequence ?? '');
  const [place, why] = ['data.lines[0].quantity', 'the shop has sent a minus'];
  await operator(shop, 'dead-letters', 'edit', number, '--set', `${place}=2`, '--why', why);
  await operator(shop, 'dead-letters', 'redrive', number);
  const result = await outcome(shop, orderId, completed);
  const { answer } = await operator(shop, 'dead-letters', 'show', number);
  const operations = (answer['operations'] ?? []) as { kind: string; by: string }[];
  return {
    ...result,
    expected: 'dead letter, edited, redriven, then completed',
    actual: `dead letter, ${operations.map(({ kind }) => kind).join(', ')}, then ${result.actual}`,
    problems: [
      ...result.problems,
      ...difference('place of the mistake', deadLetter?.path, place),
      ...difference(
        'operations',
        operations.map(({ kind, by }) => `${kind} by ${by}`),
        [`edited by ${operatorOf(shop)}`, `redriven by ${operatorOf(shop)}`],
      ),
    ],
  };
}

async function deadLetterOf(shop: Shop, orderId: string) {
  const { answer } = await operator(shop, 'dead-letters', 'list', '--reason', 'invalid-data');
  const deadLetters = (answer['deadLetters'] ?? []) as { sequence: number; key: string; path: string }[];
  return deadLetters.find(({ key }) => key === orderId);
}

/**
 * The carrier does not accept a cancellation: the saga waits, a person cancels on the phone and decides `done-by-hand`. Our
 * own books of the parcel are corrected when the carrier answers again.
 */
async function stuckAndDecided(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('stuck');
  await shop.publish(submissionOf(orderOf(orderId, shippedTo('00004'))));
  const opened = await openedOrder(shop, orderId);
  await untilState(shop, opened, 'awaiting-dispatch');
  await shop.publish(cancellationOf(orderId));
  await untilState(shop, opened, COMPENSATION_STUCK);

  const listed = await eventually(() => stuckCompensation(shop, opened), SEEN_WITHIN_MS * shop.patience);
  const reason = 'cancelled on the phone';
  await operator(shop, 'sagas', 'decide', opened.workflowId, 'done-by-hand', '--reason', reason);
  const decided = await decisionsOn(shop, opened);
  const left = ['message order-cancelled', 'order cancelled', 'payment voided 5980 EUR', ...RELEASED];
  const result = await outcome(shop, orderId, {
    state: 'cancelled',
    compensations: ['voidPayment', 'releaseStock'],
    effects: [...left, 'shipment booked'],
  });

  await fetch(`${shop.local.devUrls['providers']}/sandbox/heal`, { method: 'POST' });
  const { kinds } = await reconciled(shop, orderId);
  return {
    ...result,
    expected: 'stuck, decided, then cancelled',
    actual: `stuck, decided, then ${result.actual}`,
    problems: [
      ...result.problems,
      ...difference('what is stuck', listed, 'cancelShipment'),
      ...difference('decisions', decided, [`done-by-hand by ${operatorOf(shop)}: ${reason}`]),
      ...difference('findings', kinds, ['shipment']),
      ...difference(
        'effects in the end',
        await effectsOf(shop, orderId),
        [...left, 'shipment canceled'].sort(),
      ),
    ],
  };
}

/** A person has pressed "Terminate" in the Temporal UI: the workflow can no longer compensate what was done. */
async function terminatedAndReconciled(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('terminated');
  await shop.publish(submissionOf(orderOf(orderId, shippedTo('00001'))));
  const opened = await openedOrder(shop, orderId);
  await untilState(shop, opened, 'awaiting-dispatch');
  await shop.temporal.workflow.getHandle(opened.workflowId).terminate('by mistake');
  const { kinds, states } = await reconciled(shop, orderId);

  const repair = await repairOf(shop, opened, orderId);
  const actual = `terminated, then ${await endOf(shop, repair)}`;
  const expected = 'terminated, then repaired';
  const compensations = await compensationsOf(shop, repair);
  const effects = await effectsOf(shop, orderId);
  return {
    ...repair,
    expected,
    actual,
    compensations,
    effects,
    problems: [
      ...difference('end', actual, expected),
      ...difference('findings', kinds, ['saga-gone']),
      ...difference('repairs', states, ['repaired']),
      ...difference('compensations', compensations, ['cancelShipment', 'voidPayment', 'releaseStock']),
      ...difference(
        'effects',
        effects,
        ['order compensated', 'payment voided 5980 EUR', 'shipment canceled', ...RELEASED].sort(),
      ),
    ],
  };
}

async function stuckCompensation(shop: Shop, { workflowId }: OpenedOrder): Promise<string | undefined> {
  const { answer } = await operator(shop, 'sagas', 'stuck');
  const sagas = (answer['sagas'] ?? []) as { workflowId: string; asks: { what: string } | null }[];
  return sagas.find((saga) => saga.workflowId === workflowId)?.asks?.what;
}

async function decisionsOn(shop: Shop, { workflowId }: OpenedOrder): Promise<string[]> {
  const { answer } = await operator(shop, 'sagas', 'show', workflowId);
  const decisions = (answer['decisions'] ?? []) as { decision: string; by: string; reason?: string }[];
  return decisions.map(({ decision, by, reason = '' }) => `${decision} by ${by}: ${reason}`);
}

/** Repeats `reconcile --repair` until it has findings, and returns them. */
async function reconciled(shop: Shop, orderId: string): Promise<{ kinds: string[]; states: string[] }> {
  const found = await eventually(async () => {
    const { answer } = await operator(shop, 'reconcile', '--repair', '--order', orderId);
    const findings = (answer['findings'] ?? []) as Finding[];
    return findings.length > 0 ? { findings, repairs: answer['repairs'] as { state: string }[] } : undefined;
  }, SEEN_WITHIN_MS * shop.patience);
  return {
    kinds: (found?.findings ?? []).map(({ kind }) => kind),
    states: (found?.repairs ?? []).map(({ state }) => state),
  };
}

async function repairOf(shop: Shop, opened: OpenedOrder, orderId: string): Promise<OpenedOrder> {
  const workflowId = workflowIdOf(repairProcess, orderId);
  const { runId } = await shop.temporal.workflow.getHandle(workflowId).describe();
  const link = opened.link.replace(opened.workflowId, workflowId).replace(opened.runId, runId);
  return { workflowId, runId, link };
}
