export * from './ticket-requested';
