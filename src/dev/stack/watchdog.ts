// Ends the servers when this process dies without ending them: after a SIGKILL, a crash, or a `process.exit`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { ProcessRecord } from './record';

/** Keeps the list of servers to end if this process disappears. It never ends a process that was not passed to `guard`. */
export interface Watchdog {
  /** Adds a server; `signal` requests its orderly shutdown. */
  guard(pid: number, signal: NodeJS.Signals): void;
  /** Removes a server. Call it as soon as the server has ended: another process may get its pid. */
  release(pid: number): void;
  /** Ends the watchdog, and the servers that it still guards. */
  close(): Promise<void>;
}

// The only notification that arrives however a process dies is the end of a pipe that it held, so a shell reads the list from a
// pipe. Five seconds are more than any of the servers needs to shut down. Then it sends SIGKILL, after which none of them loses
// acknowledged data.
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

// A start after this process has died waits for the watchdog before it ends leftovers itself: a second signal would cut short the
// shutdown that the first one began.
const TURN = 0;

export function startWatchdog(record: ProcessRecord): Watchdog {
  // Detached: the Ctrl-C that ends this process must not end the watchdog first. Unreferenced: it must not keep this process
  // alive either.
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = Promise.race([once(shell, 'exit'), once(shell, 'error')]);
  // If the shell is killed, the servers still end with `stop()`; a write to its closed pipe must not end this process.
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
      // A caller that awaits this needs its end, even when nothing else keeps the process alive.
      shell.ref();
      shell.stdin.end();
      await ended;
      if (pid !== undefined) record.strike(pid);
    },
  };
}
