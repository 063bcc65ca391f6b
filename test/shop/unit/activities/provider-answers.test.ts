// Every row of the providers' tables, at the adapters that read them; and what becomes of an answer that is in none.
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PAYMENT_ANSWERS } from '../../../../activities/shop/payments.answers';
import { createHttpPaymentProvider } from '../../../../activities/shop/payments.http';
import type { AnswerRow } from '../../../../activities/shop/provider-answers';
import { meaningByDefault } from '../../../../activities/shop/provider-answers';
import { ProviderError } from '../../../../activities/shop/provider-http';
import { CARRIER_ANSWERS } from '../../../../activities/shop/shipping.answers';
import { createHttpCarrier } from '../../../../activities/shop/shipping.http';
import { payments, shipping } from '../../../../domains/shop/capabilities';
import { DefectError, RefusalError } from '../../../../src/contracts';
import type { StepDeclaration } from 'sagaline/workflow';
import { isMendedByAnotherMethod } from '../../../../domains/shop/rules/payments';

let answer: { status: number; body: string };
const calls: string[] = [];
const listener: RequestListener = (request, response) => {
  calls.push(`${request.method ?? ''} ${request.url ?? ''}`);
  response.writeHead(answer.status).end(answer.body);
};
const server = createServer(listener);
let access: { url: string; apiKey: string };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  access = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, apiKey: 'secret-key' };
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const request = {
  key: 'o-1:authorizePayment:0',
  orderId: 'o-1',
  paymentToken: 'tok_visa',
  total: { amount: 100, currency: 'EUR' },
} as const;
const booking = {
  key: 'o-1:createShipment:0',
  orderId: 'o-1',
  recipient: { name: 'Ada', street: 'Am Wall 1', postalCode: '28195', city: 'Bremen', country: 'DE' },
  parcels: [{ sku: 'TEA', quantity: 1 }],
};

const paymentCalls = {
  authorize: () => createHttpPaymentProvider(access).authorize(request),
  capture: () => createHttpPaymentProvider(access).capture({ key: 'k', paymentId: 'pay_1', amount: 100 }),
  cancel: () => createHttpPaymentProvider(access).cancel({ key: 'k', paymentId: 'pay_1' }),
  refund: () => createHttpPaymentProvider(access).refund({ key: 'k', paymentId: 'pay_1', amount: 100 }),
  reauthorize: () => createHttpPaymentProvider(access).reauthorize({ key: 'k', paymentId: 'pay_1' }),
  ask: () => createHttpPaymentProvider(access).findByKey('k'),
  look: () => createHttpPaymentProvider(access).paymentOf('pay_1'),
};
const carrierCalls = {
  book: () => createHttpCarrier(access).book(booking),
  cancel: () => createHttpCarrier(access).cancel({ key: 'k', shipmentId: 'shp_1' }),
  ask: () => createHttpCarrier(access).findByKey('k'),
  look: () => createHttpCarrier(access).track('shp_1'),
};

/** The steps by the call of the provider that they make. */
const PAYMENT_STEPS = {
  authorize: 'authorizePayment',
  capture: 'capturePayment',
  reauthorize: 'renewPayment',
};
const CARRIER_STEPS = { book: 'createShipment', cancel: 'cancelShipment' };

test.each<[string, readonly AnswerRow<string>[], Readonly<Record<string, StepDeclaration>>, object]>([
  ['payment provider', PAYMENT_ANSWERS, payments.steps, PAYMENT_STEPS],
  ['carrier', CARRIER_ANSWERS, shipping.steps, CARRIER_STEPS],
])(
  'a step is refused by the %s as its capability declares, and not otherwise',
  (_, rows, steps, stepsByCall) => {
    for (const [call, step] of Object.entries(stepsByCall)) {
      const told = rows.flatMap((row) =>
        row.means === 'refused' && row.calls?.includes(call) === true ? [row.as] : [],
      );
      expect([...new Set(told)].sort()).toEqual([...(steps[step as string]?.refuses ?? [])].sort());
    }
  },
);

const said = (type: string, code: string) => JSON.stringify({ error: { type, code, message: 'No.' } });

/** Each row, with each call for which it counts. */
function cellsOf<Call extends string>(rows: readonly AnswerRow<Call>[], all: readonly Call[]) {
  return rows.flatMap((row) =>
    (row.calls ?? all).map((call) => ({
      row,
      call,
      name: `${call}: ${row.status} ${row.type ?? '*'} ${row.code ?? '*'} is ${row.means}`,
    })),
  );
}

async function outcomeOf(call: () => Promise<unknown>): Promise<object> {
  try {
    await call();
    return { means: 'done' };
  } catch (error) {
    if (error instanceof RefusalError) return { means: 'refused', as: error.type };
    if (error instanceof DefectError) return { means: 'defect', effect: error.effect };
    if (error instanceof ProviderError) return { means: 'again' };
    throw error;
  }
}

function expectedOf(row: AnswerRow<never>): object {
  switch (row.means) {
    case 'refused':
      return { means: 'refused', as: row.as };
    case 'defect':
      return { means: 'defect', effect: row.effect };
    default:
      return { means: row.means };
  }
}

test.each(cellsOf(PAYMENT_ANSWERS, Object.keys(paymentCalls) as (keyof typeof paymentCalls)[]))(
  'payment provider, $name',
  async ({ row, call }) => {
    answer = { status: row.status, body: said(row.type ?? 'whatever', row.code ?? 'whatever') };
    expect(await outcomeOf(paymentCalls[call])).toEqual(expectedOf(row as AnswerRow<never>));
  },
);

test.each(cellsOf(CARRIER_ANSWERS, Object.keys(carrierCalls) as (keyof typeof carrierCalls)[]))(
  'carrier, $name',
  async ({ row, call }) => {
    answer = { status: row.status, body: said(row.type ?? 'whatever', row.code ?? 'whatever') };
    expect(await outcomeOf(carrierCalls[call])).toEqual(expectedOf(row as AnswerRow<never>));
  },
);

test('what the table says that another payment method mends is what the order asks one for', () => {
  for (const row of PAYMENT_ANSWERS)
    if (row.means === 'refused' && row.calls?.includes('authorize'))
      expect([row.as, isMendedByAnotherMethod(row.as)]).toEqual([
        row.as,
        row.customer === 'another payment method',
      ]);
});

describe('an answer that is in no row', () => {
  const indefinite = [401, 403, 407, 408, 421, 425, 429];
  const every4xx = Array.from({ length: 100 }, (_, at) => 400 + at);

  test('of 4xx is final, but for those that decide nothing', () => {
    const again = every4xx.filter(
      (status) => meaningByDefault({ status, type: 'a', code: 'b' }).means === 'again',
    );
    expect(again).toEqual(indefinite);
    expect(meaningByDefault({ status: 409, type: 'idempotency_error', code: 'key_in_flight' }).means).toBe(
      'again',
    );
  });

  test('of 402 and 404 without the provider’s words comes from someone on the way', () => {
    const again = every4xx.filter(
      (status) => meaningByDefault({ status, type: undefined, code: undefined }).means === 'again',
    );
    expect(again).toEqual([...indefinite, 402, 404].sort());
  });

  test.each([undefined, 301, 500, 502, 503, 504, 599])('%s is asked for again', (status) => {
    expect(meaningByDefault({ status, type: undefined, code: undefined })).toEqual({ means: 'again' });
  });

  test.each([
    ['400', 400, said('invalid_request', 'parameter_invalid'), 'defect'],
    ['400 without words', 400, 'Bad Request', 'defect'],
    ['404', 404, said('not_found', 'resource_missing'), 'defect'],
    ['409 of another state', 409, said('invalid_state', 'payment_captured'), 'defect'],
    ['413', 413, '', 'defect'],
    ['402 of a proxy', 402, 'Payment Required: renew your subscription to this proxy', 'again'],
    ['429', 429, said('rate_limit', 'too_many'), 'again'],
    ['500', 500, said('api_error', 'internal_error'), 'again'],
    ['201 with a page', 201, '<html>Welcome to the hotel</html>', 'again'],
    ['201 with half a JSON', 201, '{"id":"pay_', 'again'],
    ['201 with a status that we do not know', 201, '{"id":"pay_1","status":"a new one"}', 'defect'],
    ['201 with an id that cannot be stored', 201, '{"id":"p\\u0000","status":"pending"}', 'defect'],
  ])('%s', async (_, status, body, means) => {
    answer = { status, body };
    expect(await outcomeOf(paymentCalls.authorize)).toMatchObject({ means });
  });
});

describe('a tracking number that cannot be stored', () => {
  beforeEach(() => {
    const shipment = '{"id":"shp_1","tracking_number":"TRK\\u0000"}';
    answer = { status: 201, body: shipment };
  });

  test('is a defect whose effect nobody knows: the booking may be there', async () => {
    expect(await outcomeOf(carrierCalls.book)).toEqual({ means: 'defect', effect: 'unknown' });
  });

  test('does not keep the booking from being found, and cancelled', async () => {
    answer = { status: 200, body: `{"data":[${answer.body}]}` };
    expect(await outcomeOf(carrierCalls.ask)).toEqual({ means: 'defect', effect: 'unknown' });
    expect(await createHttpCarrier(access).findToCancel('k')).toEqual({
      shipmentId: 'shp_1',
      trackingNumber: 'TRK\ufffd',
    });
    answer = { status: 200, body: '{"id":"shp_1","tracking_number":"TRK\\u0000"}' };
    expect(await outcomeOf(carrierCalls.cancel)).toEqual({ means: 'done' });
  });
});

test('a payment whose state we do not know can still be cancelled', async () => {
  answer = { status: 200, body: '{"data":[{"id":"pay_1","status":"a new one"}]}' };
  expect(await createHttpPaymentProvider(access).findToCancel('k')).toBe('pay_1');
  answer = { status: 200, body: '{"id":"pay_1","status":"a new one"}' };
  expect(await outcomeOf(paymentCalls.cancel)).toEqual({ means: 'done' });
});
