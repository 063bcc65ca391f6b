/** One order, from its submission to its end. `run.ts` reads as the process; every other file is one part of it. */
export { order } from './order';
