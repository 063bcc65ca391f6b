// Every step and every event of an order, with every fault that it can meet: docs/testing.md.
import { order } from '../../../domains/shop/workflows';
import { sagaFaultMatrix } from '../../../src/testing';
import { orderInvariants, orderPath } from '../support/order/matrix';
import { prepared } from '../../support/setup/handover';

const WITHIN_MS = 120_000;

test.each([
  ['steps', ['step']],
  ['events', ['event', 'incident']],
] as const)(
  'the order survives every fault of its %s',
  async (_, kinds) => {
    const path = orderPath({ codePath: prepared('bundles').product });
    const { cells } = await sagaFaultMatrix(order, path, orderInvariants, { kinds });
    expect(new Set(cells.map(({ cell }) => cell.kind))).toEqual(new Set(kinds));
  },
  WITHIN_MS,
);
