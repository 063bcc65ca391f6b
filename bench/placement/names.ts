/** The pool of the saga, and the pool of the capability that has its steps. */
export const LEDGER_SAGAS_QUEUE = 'bench-ledger-sagas';
export const LEDGER_QUEUE = 'bench-ledger';

/** Compensatable steps of one saga, before its pivot. */
export const ENTRIES = 5;

export const LEDGER_OPENED = 'dev.sagaline.bench.ledger-opened.v1';
