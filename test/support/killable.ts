import type { ServerProcess, Supervision } from '../../src/dev/stack/child';

/** A server that a test can kill and start again, on the same ports and files. */
export interface Killable {
  /** 0 while it is down. */
  pid(): number;
  /** Sends SIGKILL, like a crash. Resolves when the server has ended. */
  kill(): Promise<void>;
  /** Starts it after a kill. Resolves when it works. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @param launch starts the server, and must report every end of it to its argument */
export async function startKillable(
  launch: (onUnexpectedExit: Supervision['onUnexpectedExit']) => Promise<ServerProcess>,
  onUnexpectedExit: Supervision['onUnexpectedExit'],
): Promise<Killable> {
  let running: ServerProcess | undefined;
  let killed: (() => void) | undefined;
  const start = async () => {
    running ??= await launch((server, detail) => {
      running = undefined;
      if (killed) killed();
      else onUnexpectedExit(server, detail);
    });
  };
  await start();
  return {
    pid: () => running?.pid ?? 0,
    start,
    kill: async () => {
      if (!running) return;
      const ended = new Promise<void>((resolve) => (killed = resolve));
      process.kill(running.pid, 'SIGKILL');
      await ended;
      killed = undefined;
    },
    stop: async () => {
      await running?.stop();
      running = undefined;
    },
  };
}
