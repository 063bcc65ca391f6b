/** Constants that the workflow shares: zod must stay out of its bundle. */
export const REQUESTED = 'bench.sagaline.sagas.requested.v1';
export const QUEUE = 'peers';
/** The steps are local activities of this one pool. */
export const POOL = 'peers';
