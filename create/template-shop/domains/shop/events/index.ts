export * from './order-cancelled';
export * from './order-confirmed';
export * from './order-submitted';
