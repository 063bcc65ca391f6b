/** The pool of the saga, and that of the capability whose steps it does. */
export const LEDGER_SAGAS_QUEUE = 'bench-ledger-sagas';
export const LEDGER_QUEUE = 'bench-ledger';

/** Compensatable steps of one saga, before its pivot. */
export const ENTRIES = 5;

export const LEDGER_OPENED = 'dev.sagaline.bench.ledger-opened.v1';
