// What people saw in the UI meanwhile: its own requests, sent once a second for as long as it is watched.
import { setTimeout as sleep } from 'node:timers/promises';

export interface UiWatch {
  /** Adds the page of a workflow to those that are looked at. */
  lookAt(workflowId: string): void;
  stop(): Promise<UiReport>;
}

export interface UiReport {
  readonly list: PageReport;
  readonly workflowPages: PageReport;
}

export interface PageReport {
  readonly looks: number;
  /** What the UI answered instead of the page, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** The longest time, in milliseconds, during which one and the same page could not be shown. */
  readonly longestWithoutMs: number;
}

const EVERY_MS = 1_000;
/** Nobody waits longer for a page than this without calling it broken. */
const PATIENCE_MS = 5_000;

export function watchUi(uiUrl: string, namespace: string): UiWatch {
  const api = `${uiUrl}/api/v1/namespaces/${namespace}`;
  const list = watchedPage(`${api}/workflows?query=`);
  const workflows: WatchedPage[] = [];
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await Promise.all([list, ...workflows].map(({ look }) => look()));
      await sleep(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    lookAt: (workflowId) =>
      void workflows.push(watchedPage(`${api}/workflows/${encodeURIComponent(workflowId)}`)),
    stop: async () => {
      stopping.abort();
      await watching;
      return { list: list.report(), workflowPages: together(workflows.map(({ report }) => report())) };
    },
  };
}

interface WatchedPage {
  readonly look: () => Promise<void>;
  readonly report: () => PageReport;
}

function watchedPage(url: string): WatchedPage {
  const failures = new Map<string, number>();
  let looks = 0;
  let longestWithoutMs = 0;
  let goodUntil = Date.now();
  return {
    look: async () => {
      looks += 1;
      const failure = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
        async (answer) => (answer.ok ? undefined : `${answer.status} ${await messageOf(answer)}`),
        () => `no answer within ${PATIENCE_MS / 1_000} s`,
      );
      if (failure === undefined) {
        goodUntil = Date.now();
        return;
      }
      failures.set(failure, (failures.get(failure) ?? 0) + 1);
      longestWithoutMs = Math.max(longestWithoutMs, Date.now() - goodUntil);
    },
    report: () => ({ looks, failures: Object.fromEntries(failures), longestWithoutMs }),
  };
}

async function messageOf(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => undefined);
  const message = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
  return message.replace(/(\d+\.){3}\d+:\d+/, 'a node');
}

function together(pages: readonly PageReport[]): PageReport {
  const failures: Record<string, number> = {};
  for (const page of pages) {
    for (const [text, count] of Object.entries(page.failures)) failures[text] = (failures[text] ?? 0) + count;
  }
  return {
    looks: pages.reduce((sum, { looks }) => sum + looks, 0),
    failures,
    longestWithoutMs: Math.max(0, ...pages.map(({ longestWithoutMs }) => longestWithoutMs)),
  };
}
