/** M/M/c: tasks arrive at random, and wait for one of several slots. Times are in seconds. */

/** One queue, with the slots that serve it. */
export interface Queue {
  readonly perSecond: number;
  readonly serviceTime: number;
  readonly slots: number;
}

/** The share of the slots' time that is used; from 1 on the queue grows for ever. */
export function utilisation({ perSecond, serviceTime, slots }: Queue): number {
  return slots === 0 ? Infinity : (perSecond * serviceTime) / slots;
}

/**
 * Erlang C: the probability that a task has to wait. (Erlang B by its recursion, which does not overflow:
 * https://en.wikipedia.org/wiki/Erlang_(unit)#Erlang_B_formula.)
 */
export function waitingProbability(queue: Queue): number {
  const used = utilisation(queue);
  if (used >= 1) return 1;
  const load = queue.perSecond * queue.serviceTime;
  let blocked = 1;
  for (let slots = 1; slots <= queue.slots; slots++) blocked = (load * blocked) / (slots + load * blocked);
  return blocked / (1 - used * (1 - blocked));
}

/** The mean seconds that a task waits. */
export function meanWait(queue: Queue): number {
  const used = utilisation(queue);
  if (used >= 1) return Infinity;
  return (waitingProbability(queue) * queue.serviceTime) / (queue.slots * (1 - used));
}

/** The seconds within which this share of the tasks has begun, such as 0.99. */
export function waitWithin(queue: Queue, share: number): number {
  const used = utilisation(queue);
  if (used >= 1) return Infinity;
  const waiting = waitingProbability(queue);
  const late = 1 - share;
  if (waiting <= late) return 0;
  return (Math.log(waiting / late) * queue.serviceTime) / (queue.slots * (1 - used));
}

/** Without a wished p99: a queue that is used more than this waits long in every burst. */
const MOST_USED = 0.8;
const P99 = 0.99;

/**
 * The fewest workers with which the queue keeps up.
 *
 * @param wanted.p99 seconds that 99 of 100 tasks may wait; default: slots are used to 80 % at most
 */
export function workersFor(
  load: Omit<Queue, 'slots'>,
  { slotsOfWorker, p99 }: { readonly slotsOfWorker: number; readonly p99?: number | undefined },
): number {
  const suffices = (workers: number) => {
    const queue = { ...load, slots: workers * slotsOfWorker };
    return p99 === undefined ? utilisation(queue) <= MOST_USED : waitWithin(queue, P99) <= p99;
  };
  let workers = Math.max(1, Math.ceil((load.perSecond * load.serviceTime) / slotsOfWorker));
  while (!suffices(workers)) workers += 1;
  return workers;
}
