// Ends the servers when we die without ending them: a SIGKILL, a crash, a `process.exit` in the middle.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { ProcessRecord } from './record';

/**
 * Holds the list of servers to end should this process disappear. It knows only what it was told: it never ends a
 * process that was not handed to `guard`.
 */
export interface Watchdog {
  /** `signal` asks this server for an orderly shutdown. */
  guard(pid: number, signal: NodeJS.Signals): void;
  /** To be called as soon as the server has ended: its pid may then belong to a stranger. */
  release(pid: number): void;
  /** Ends the watchdog; whatever it still guards is ended too. */
  close(): Promise<void>;
}

// The only a notification that arrives however a process dies is the end of a pipe that it held, so a shell reads the list from
// one. Five seconds are more than any of the servers needs to shut down; then SIGKILL, which all of them survive
// without losing what they acknowledged.
const SCRIPT = `
guarded=
while read -r action pid signal; do
  if [ "$action" = guard ]; then guarded="$guarded $pid:$signal"; continue; fi
  kept=
  for entry in $guarded; do [ "\${entry%:*}" = "$pid" ] || kept="$kept $entry"; done
  guarded=$kept
done
for entry in $guarded; do kill -s "\${entry#*:}" "\${entry%:*}" 2>/dev/null; done
tenths=0
while [ $tenths -lt 50 ]; do
  alive=
  for entry in $guarded; do kill -0 "\${entry%:*}" 2>/dev/null && alive=yes; done
  [ -n "$alive" ] || exit 0
  sleep 0.1
  tenths=$((tenths + 1))
done
for entry in $guarded; do kill -s KILL "\${entry%:*}" 2>/dev/null; done
`;

// A start after our end lets the watchdog finish before it looks for leftovers itself: a second signal would cut short
// what the first one began.
const TURN = 0;

export function startWatchdog(record: ProcessRecord): Watchdog {
  // Detached: the Ctrl-C that ends us must not end it first. Unreferenced: it must not keep us alive either.
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = Promise.race([once(shell, 'exit'), once(shell, 'error')]);
  // Should somebody end it, the servers still end with `stop()`; a write to its closed pipe must not end us.
  shell.stdin.on('error', () => undefined);
  const { pid } = shell;
  if (pid !== undefined) record.enter({ pid, name: 'watchdog', turn: TURN });
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();

  const tell = (line: string) => shell.stdin.write(`${line}\n`);
  return {
    guard: (pid, signal) => void tell(`guard ${pid} ${signal.replace(/^SIG/, '')}`),
    release: (pid) => void tell(`release ${pid} -`),
    close: async () => {
      // Whoever awaits this must get to the end of it, also when nothing else keeps the process alive.
      shell.ref();
      shell.stdin.end();
      await ended;
      if (pid !== undefined) record.strike(pid);
    },
  };
}
