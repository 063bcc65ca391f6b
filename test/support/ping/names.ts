export const PINGED = 'test.sagaline.pings.pinged.v1';
export const PINGED_V2 = 'test.sagaline.pings.pinged.v2';
export const PONGED = 'test.sagaline.pings.ponged.v1';
export const PING_QUEUE = 'ping';

/** The events of the probes: one for each kind of route, and one that takes two. */
export const OPENED = 'test.sagaline.probes.opened.v1';
export const AGAIN = 'test.sagaline.probes.again.v1';
export const REACHED = 'test.sagaline.probes.reached.v1';
export const GATHERED = 'test.sagaline.probes.gathered.v1';
export const SHARED = 'test.sagaline.probes.shared.v1';
