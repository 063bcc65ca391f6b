export const PINGED = 'test.sagaline.pings.pinged.v1';
export const PINGED_V2 = 'test.sagaline.pings.pinged.v2';
export const PONGED = 'test.sagaline.pings.ponged.v1';
export const PING_QUEUE = 'ping';
