/** The shop's events, one file for each context. */
export * from './customers';
export * from './inventory';
export * from './logistics';
export * from './orders';
export * from './payments';
