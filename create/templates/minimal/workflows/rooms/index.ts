/** The workflows of the pool `rooms`. */
export { booking } from './booking';
