import type { Domain } from '../contracts';
import { shop } from './shop';

/** The domains that this deployment serves. Put yours beside the shop, or in its place. */
export const domains: readonly Domain[] = [shop];
