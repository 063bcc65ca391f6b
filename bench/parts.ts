import { bridge, latency, stub } from './bridge/parts';
import { backlog } from './growth/backlog';
import { open } from './growth/open';
import { recovery } from './growth/recovery';
import { twice } from './growth/twice';
import type { Part } from './part';
import { placement } from './placement/compare';
import { saga } from './saga/compare';
import { effect } from './saga/effect';
import { bridges, slots } from './scaling/bridges';
import { workers } from './scaling/workers';
import { security } from './security';
import { signals } from './signals';
import { stock, workloads } from './workloads/parts';

/** The whole suite, in the order in which it runs. */
export const parts: readonly Part[] = [
  ...[bridge, stub, latency, effect],
  ...[slots, bridges, workers],
  ...[backlog, open, recovery, twice],
  ...[saga, placement, workloads, stock],
  ...[security, signals],
];
