// What each container uses, against its limit, as `docker stats` tells it.
import type { Project } from './project';

const EACH_MS = 4_000;
const MIB = 1024 ** 2;
const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: MIB, GiB: 1024 ** 3 };

export interface MemoryWatch {
  /** The most that was seen of each container, by name, in bytes. */
  readonly peaks: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export function watchMemory(project: Project): MemoryWatch {
  const peaks = new Map<string, number>();
  let going = true;
  const look = async () => {
    while (going) {
      const { said } = await project.docker(['stats', '--no-stream', '--format', '{{.Name}}|{{.MemUsage}}']);
      for (const line of said.split('\n')) {
        const [, name = '', number = '', unit = ''] = /^([^|]+)\|([\d.]+)(\w+) \//.exec(line) ?? [];
        if (name !== '')
          peaks.set(name, Math.max(peaks.get(name) ?? 0, Number(number) * (UNITS[unit] ?? NaN)));
      }
      await new Promise((resolve) => setTimeout(resolve, EACH_MS));
    }
  };
  const done = look();
  return {
    peaks,
    stop: async () => {
      going = false;
      await done;
    },
  };
}

/** A line for each container that runs. */
export async function memoryLines(project: Project, peaks: ReadonlyMap<string, number>): Promise<string[]> {
  return (await project.containers())
    .filter(({ running }) => running)
    .map(({ name, memoryLimit }) => {
      const peak = peaks.get(name) ?? 0;
      const part = Math.round((100 * peak) / memoryLimit);
      return `  ${name.padEnd(34)} ${inMib(peak).padStart(5)} of ${inMib(memoryLimit).padStart(5)} MiB  ${String(part).padStart(3)} %`;
    })
    .sort();
}

function inMib(bytes: number): string {
  return String(Math.round(bytes / MIB));
}
