import type { Log } from '../../../contracts';

/** One line when the first partition fails and one when all are back, however many partitions and attempts there are. */
export function interruptionLog(log: Log): {
  of(partition: number, error: unknown): void;
  over(partition: number): void;
} {
  const interrupted = new Set<number>();
  return {
    of: (partition, error) => {
      if (interrupted.size === 0) log.warn({ err: error, partition }, 'partitions are not being consumed');
      interrupted.add(partition);
    },
    over: (partition) => {
      if (interrupted.delete(partition) && interrupted.size === 0) {
        log.info({}, 'all partitions are being consumed again');
      }
    },
  };
}
