export * from './reserve-seat';
