export * from './authorize-payment';
export * from './confirm-order';
export * from './reserve-stock';
