import { FAILURES } from 'sagaline/workflow';
import type { AmendmentRequest, OrderContent } from '../events/orders';
import type { AmendmentRefusal } from '../names';
import { AMENDMENT_REFUSALS, REASONS, REFUSALS } from '../names';

interface StockLine {
  readonly sku: string;
  readonly quantity: number;
}

/** An order as an amendment wants it, and the changes of stock and address for that. */
export interface Amended {
  readonly kind: 'amended';
  readonly content: OrderContent;
  /** Pieces to reserve in addition. */
  readonly more: readonly StockLine[];
  /** Pieces to give back. */
  readonly fewer: readonly StockLine[];
  readonly addressChanged: boolean;
}

export interface RefusedAmendment {
  readonly kind: 'refused';
  readonly reason: AmendmentRefusal;
  readonly detail: string;
}

type AmendmentChange = Pick<AmendmentRequest, 'lines' | 'shippingAddress'>;

/** Refuses an amendment that another customer than the order's has requested. */
export function refuseOthers(
  customerId: string,
  request: Pick<AmendmentRequest, 'customerId'>,
): RefusedAmendment | undefined {
  if (request.customerId === customerId) return undefined;
  const detail = 'the order is not of the customer who wants to amend it';
  return { kind: 'refused', reason: AMENDMENT_REFUSALS.anotherCustomer, detail };
}

/** Applies an amendment to the content of an order: what changes, or why it is refused. */
export function amend(
  content: OrderContent,
  { lines = content.lines, shippingAddress = content.shippingAddress }: AmendmentChange,
): Amended | RefusedAmendment {
  const amended: OrderContent = { ...content, lines, shippingAddress };
  const [had, wanted] = [linesBySku(content), linesBySku(amended)];
  const addressChanged = !isSameAddress(content.shippingAddress, shippingAddress);
  const skus = [...new Set([...had.keys(), ...wanted.keys()])].sort();
  const changes = skus.map((sku) => ({
    sku,
    quantity: (wanted.get(sku)?.quantity ?? 0) - (had.get(sku)?.quantity ?? 0),
    repriced: wanted.get(sku)?.unitPrice !== had.get(sku)?.unitPrice,
  }));
  if (!addressChanged && !changes.some(({ quantity, repriced }) => quantity !== 0 || repriced)) {
    const detail = 'the order has these lines and this address already';
    return { kind: 'refused', reason: AMENDMENT_REFUSALS.nothingChanged, detail };
  }
  return {
    kind: 'amended',
    content: amended,
    more: changes.flatMap(({ sku, quantity }) => (quantity > 0 ? [{ sku, quantity }] : [])),
    fewer: changes.flatMap(({ sku, quantity }) => (quantity < 0 ? [{ sku, quantity: -quantity }] : [])),
    addressChanged,
  };
}

function linesBySku({ lines }: OrderContent) {
  return new Map(lines.map((line) => [line.sku, line]));
}

type Address = OrderContent['shippingAddress'];

/** The same address of the same customer is the same text once it is encrypted. */
function isSameAddress(one: Address, other: Address): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return sameFields(one, other);
}

function sameFields<Fields extends object>(one: Fields, other: Fields): boolean {
  return (Object.keys({ ...one, ...other }) as (keyof Fields)[]).every((name) => one[name] === other[name]);
}

const REFUSED_STEPS: Readonly<Record<string, AmendmentRefusal>> = {
  [REFUSALS.outOfStock]: AMENDMENT_REFUSALS.outOfStock,
  [REFUSALS.partialStock]: AMENDMENT_REFUSALS.outOfStock,
  [REFUSALS.paymentDeclined]: AMENDMENT_REFUSALS.paymentDeclined,
  [REFUSALS.paymentMethodUnusable]: AMENDMENT_REFUSALS.paymentMethodRequired,
  [REFUSALS.amountNotAccepted]: AMENDMENT_REFUSALS.amountNotAccepted,
  [REFUSALS.addressNotServed]: AMENDMENT_REFUSALS.addressNotServed,
  [REFUSALS.parcelNotAccepted]: AMENDMENT_REFUSALS.parcelNotAccepted,
  [AMENDMENT_REFUSALS.severalParcels]: AMENDMENT_REFUSALS.severalParcels,
  [REFUSALS.parcelDispatched]: AMENDMENT_REFUSALS.tooLate,
  [AMENDMENT_REFUSALS.paymentPending]: AMENDMENT_REFUSALS.paymentPending,
  [AMENDMENT_REFUSALS.paymentMethodRequired]: AMENDMENT_REFUSALS.paymentMethodRequired,
};

/** The reason that the customer gets when a step of an amendment fails. */
export function refusalFor({ type }: { readonly type: string }): AmendmentRefusal {
  return REFUSED_STEPS[type] ?? AMENDMENT_REFUSALS.stepFailed;
}

/** Failures that end the order, and not only its amendment. */
export function endsTheOrder({ type }: { readonly type: string }): boolean {
  return (
    type === REASONS.cancelledByCustomer ||
    type === REASONS.cancelledInUi ||
    type === FAILURES.stepCompensated
  );
}
