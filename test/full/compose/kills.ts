// Each container once: killed as by a crash, and started again by the engine.
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until';
import type { Container, Project } from './project';

const AGAIN_WITHIN_MS = 120_000;
/** A look is two processes: many of them would take the time that the container needs. */
const LOOK_MS = 500;
/** Orders flow with all containers there, between one kill and the next. */
const BETWEEN_MS = 3_000;

export interface Kill {
  readonly name: string;
  /** From the kill until its health check holds again; for one without: until it runs. */
  readonly seconds: number;
}

/** `docker kill` would be an operator's stop, after which the engine starts nothing again: the first process of the container is killed. */
export async function killEach(project: Project, say: (line: string) => void): Promise<Kill[]> {
  const kills: Kill[] = [];
  for (const { name, pid, startedAt } of (await project.containers()).filter(({ running }) => running)) {
    const since = performance.now();
    process.kill(pid, 'SIGKILL');
    await until(
      `${name} is well again`,
      async () => {
        const now = (await project.containers()).find((each) => each.name === name);
        if (now !== undefined && now.startedAt !== startedAt && isWell(now)) return true;
        await sleep(LOOK_MS);
        return false;
      },
      AGAIN_WITHIN_MS,
    );
    const seconds = (performance.now() - since) / 1_000;
    say(`  ${name.padEnd(34)} well again after ${seconds.toFixed(1).padStart(5)} s`);
    kills.push({ name, seconds });
    await sleep(BETWEEN_MS);
  }
  return kills;
}

function isWell({ running, health }: Container): boolean {
  return running && (health === 'healthy' || health === 'none');
}
