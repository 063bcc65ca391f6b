import type { Catalogue, WorkflowDefinition } from '../../contracts';
import { parseEventType } from '../../contracts';
import type { SystemSnapshot } from '../../observability';
import { latestOf } from './freshness';
import type { Arrow, Point, Size } from './graph';
import { CHARACTER_WIDTH, drawingOf, outline, picture, round } from './graph';
import type { Html } from './html';
import { html } from './html';
import { duration, rate } from './units';

const PADDING = 20;
const LINE = 16;
/** From the stream over events, routes and workflows to the queues. */
const COLUMNS_TO_QUEUES = 4;
const STREAM = 'stream';

interface Box {
  readonly name: string;
  readonly title: string;
  /** What is counted there; empty if nothing is. */
  readonly counts: string;
  readonly isBad: boolean;
}

type Shown = Pick<Catalogue, 'routes'> & { readonly processes: readonly WorkflowDefinition[] };

/** How events reach the pools: stream → events of a context → route → workflow → task queue → pool, with what waits at each. */
export function systemMap(declared: Shown, snapshot: SystemSnapshot): Html {
  const boxes = boxesOf(declared, snapshot);
  const arrows = arrowsOf(declared, snapshot);
  const drawing = drawingOf(new Map(boxes.map((box) => [box.name, sizeOf(box)])), arrows, {
    direction: 'right',
  });
  return picture(drawing, { kind: 'map scroll', title: 'Map' }, [
    ...arrows.map((arrow) => arrow.length === undefined && html`<path d="${drawing.line(arrow)}" />`),
    ...boxes.map((box) => boxAt(box, drawing.box(box.name))),
  ]);
}

function boxAt({ title, counts, isBad }: Box, at: Point & Size): Html {
  const y = at.y + 4 - (counts === '' ? 0 : LINE / 2);
  return html`<g class="${isBad && 'failing'}">
    ${outline(at)}
    <text x="${round(at.x)}" y="${round(y)}">${title}</text>
    ${counts !== '' && html`<text class="counts" x="${round(at.x)}" y="${round(y + LINE)}">${counts}</text>`}
  </g>`;
}

function sizeOf({ title, counts }: Box) {
  const longest = Math.max(title.length, counts.length);
  return { width: longest * CHARACTER_WIDTH + PADDING, height: counts === '' ? 28 : 28 + LINE };
}

function boxesOf({ routes, processes }: Shown, snapshot: SystemSnapshot): Box[] {
  const deadLetters = latestOf(snapshot.deadLetters)?.reasons ?? [];
  const states = latestOf(snapshot.sagas)?.states ?? [];
  const struggles = latestOf(snapshot.struggles)?.groups ?? [];
  const queues = latestOf(snapshot.queues) ?? [];
  const pools = latestOf(snapshot.pools) ?? [];
  const groups = latestOf(snapshot.partitions) ?? [];
  const events = latestOf(snapshot.streams)?.find(({ stream }) => stream === 'EVENTS');
  const lag = sum(groups.map((group) => group.lag));
  return [
    {
      ...{ name: STREAM, title: 'EVENTS', isBad: false },
      counts: words([rate(events?.storedPerSecond), lag > 0 && `${lag} wait`]),
    },
    ...contextsOf(routes).map((context) => {
      const open = sum(deadLetters.filter((each) => each.context === context).map(({ count }) => count));
      const counts = words([open > 0 && `${open} dead letters`]);
      return { name: `context ${context}`, title: context, counts, isBad: open > 0 };
    }),
    ...routes.map(({ name }) => ({ name: `route ${name}`, title: name, counts: '', isBad: false })),
    ...processes.map(({ name }) => {
      const own = states.filter(({ workflow }) => workflow === name);
      const waiting = sum(own.filter(({ waitsForPerson }) => waitsForPerson).map(({ count }) => count));
      const failing = sum(struggles.filter(({ workflow }) => workflow === name).map(({ count }) => count));
      return {
        ...{ name: `workflow ${name}`, title: name, isBad: waiting + failing > 0 },
        counts: words([
          `${sum(own.map(({ count }) => count))} open`,
          failing > 0 && `${failing} failing`,
          waiting > 0 && `${waiting} ask`,
        ]),
      };
    }),
    ...queueNames(processes, snapshot).map((taskQueue) => {
      const own = queues.filter((queue) => queue.taskQueue === taskQueue);
      const oldest = Math.max(0, ...own.map(({ oldestSeconds }) => oldestSeconds));
      const backlog = sum(own.map((queue) => queue.backlog));
      const counts = words([backlog > 0 && `${backlog} wait, ${duration(oldest)}`]);
      return { name: `queue ${taskQueue}`, title: taskQueue, counts, isBad: backlog > 0 && oldest > 60 };
    }),
    ...pools.map(({ pool, pollers, served }) => ({
      ...{ name: `pool ${pool}`, title: `pool ${pool}`, isBad: !served },
      counts: served ? `${pollers} polling` : 'nobody polls',
    })),
  ];
}

function arrowsOf({ routes, processes }: Shown, snapshot: SystemSnapshot): Arrow[] {
  const pools = latestOf(snapshot.pools) ?? [];
  const reached = new Set(routes.map(({ workflow }) => workflow.taskQueue));
  return unique([
    ...contextsOf(routes).map((context) => ({ from: STREAM, to: `context ${context}` })),
    ...routes.flatMap(({ name, event, workflow }) => [
      { from: `context ${contextOf(event.type)}`, to: `route ${name}` },
      { from: `route ${name}`, to: `workflow ${workflow.name}` },
    ]),
    ...processes.map(({ name, taskQueue }) => ({ from: `workflow ${name}`, to: `queue ${taskQueue}` })),
    ...pools.map(({ pool, taskQueue }) => ({ from: `queue ${taskQueue}`, to: `pool ${pool}` })),
    // Not drawn: it keeps the queues of steps in the column of the queues.
    ...queueNames(processes, snapshot)
      .filter((taskQueue) => !reached.has(taskQueue))
      .map((taskQueue) => ({ from: STREAM, to: `queue ${taskQueue}`, length: COLUMNS_TO_QUEUES })),
  ]);
}

function queueNames(processes: Shown['processes'], snapshot: SystemSnapshot): string[] {
  const pools = latestOf(snapshot.pools) ?? [];
  return [...new Set([...processes, ...pools].map(({ taskQueue }) => taskQueue))];
}

function contextsOf(routes: Shown['routes']): string[] {
  return [...new Set(routes.map(({ event }) => contextOf(event.type)))];
}

function contextOf(type: string): string {
  return parseEventType(type)?.context ?? type;
}

function unique(arrows: readonly Arrow[]): Arrow[] {
  return [...new Map(arrows.map((arrow) => [`${arrow.from}\n${arrow.to}`, arrow])).values()];
}

function words(texts: readonly (string | false)[]): string {
  return texts.filter((text) => text !== false && text !== '').join(', ');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
