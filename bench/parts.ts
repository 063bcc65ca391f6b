import { bridge, stub } from './bridge';
import type { Part } from './part';
import { saga } from './saga/compare';

/** The whole suite, in the order in which it runs. */
export const parts: readonly Part[] = [bridge, stub, saga];
