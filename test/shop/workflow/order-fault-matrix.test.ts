// Every step and every event of an order, with every fault that it can meet: docs/testing.md.
import { order } from '../../../domains/shop/workflows';
import { sagaFaultMatrix } from '../../../src/testing';
import { orderInvariants, orderPath } from '../support/order/matrix';
import { prepared } from '../../support/setup/handover';

const WITHIN_MS = 120_000;

test(
  'the order survives every fault of its steps and events',
  () => sagaFaultMatrix(order, orderPath({ codePath: prepared('bundles').product }), orderInvariants),
  WITHIN_MS,
);
