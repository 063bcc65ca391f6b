/** The vocabulary: what events, routes and domains are, and what the wire looks like. Pure; zod is all it needs. */
export * from './catalogue';
export * from './correlation-key';
export * from './decode';
export * from './domain';
export * from './encode';
export * from './envelope';
export * from './event';
export * from './event-type';
export * from './failures';
export * from './json';
export * from './log';
export * from './reasons';
export * from './route';
export * from './saga';
export * from './subject';
export * from './webhook';
