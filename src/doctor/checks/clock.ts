import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, warning, problem } = findingsOf('clock');

/** With time synchronisation clocks differ by milliseconds; the measurement itself is as exact as a round trip. */
const WARNING_MS = 2_000;
/** Tokens, signatures and deadlines are judged by this clock. */
const PROBLEM_MS = 30_000;

/** A server's clock against the one of this machine. */
export interface ClockState {
  readonly server: string;
  /** Above zero if the server's clock is ahead. */
  readonly aheadMs: number;
}

export function checkClock(clocks: readonly ClockState[]): Finding[] {
  return clocks.map(({ server, aheadMs }) => {
    const distance = Math.abs(aheadMs);
    const seconds = (distance / 1_000).toFixed(1);
    if (distance < WARNING_MS) return ok(server, `its clock and this one are ${seconds} s apart at most`);
    return (distance < PROBLEM_MS ? warning : problem)({
      ...{ code: 'clock-apart', where: server },
      what: `its clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`,
      remedy: 'synchronise both clocks: "timedatectl set-ntp true"',
    });
  });
}
