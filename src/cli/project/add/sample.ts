import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Naming } from './naming';

/** `add` writes the files of the template with other names: the template's own tests run this code. */
const TEMPLATE = path.resolve(__dirname, '../../../../create/template-minimal');

/** The project's name for each name of the template. */
export interface Names {
  readonly domain: Naming;
  readonly pool?: Naming;
  readonly event?: Naming;
  readonly workflow?: Naming;
  readonly step?: Naming;
  readonly compensation?: Naming;
}

/** Returns a file of the template with the project's names, in its path as well. */
export function sample(file: string, names: Names): Readonly<Record<string, string>> {
  const renamed = renamer(names);
  return { [renamed(file)]: renamed(readFileSync(path.join(TEMPLATE, file), 'utf8')) };
}

/** Replaces all names in one pass, so that no inserted name is mistaken for one of the template. */
function renamer({ domain, pool, event, workflow, step, compensation }: Names): (text: string) => string {
  const pairs: (readonly [string, string | undefined])[] = [
    ['TASK_QUEUES\\.tickets', pool && `TASK_QUEUES.${pool.camel}`],
    ['workflows/tickets', pool && `workflows/${pool.kebab}`],
    ['domains/tickets', `domains/${domain.kebab}`],
    ['migrations/tickets', `migrations/${domain.kebab}`],
    ['com\\.example\\.tickets\\.tickets\\.', `com.example.${domain.kebab}.${domain.kebab}.`],
    ['com\\.example\\.tickets', `com.example.${domain.kebab}`],
    ['\\{PREFIX\\}\\.tickets', `{PREFIX}.${domain.kebab}`],
    ["'tickets'", `'${domain.kebab}'`],
    ['tickets\\.reserve_seat', step && `${domain.snake}.${step.snake}`],
    ['schema if not exists tickets', `schema if not exists ${domain.snake}`],
    ['\\btickets\\b', domain.camel],
    ['ticketRequested', event?.camel],
    ['ticket-requested', event?.kebab],
    ["entity: 'ticket'", `entity: '${domain.kebab}'`],
    ['Somebody wants a ticket\\.', event && `${event.camel}: say here when it happens, and who says so.`],
    ['the box office', event && 'say here who publishes it'],
    ['reserveSeat', step?.camel],
    ['reserve-seat', step?.kebab],
    ['ReserveSeat', step?.pascal],
    ['reserve_seat', step?.snake],
    ['releaseSeat', compensation?.camel],
    ['\\bticket\\.test', workflow && `${workflow.kebab}.test`],
    ['(?<=/)ticket(?=\\.ts)', workflow?.kebab],
    ['\\bticket\\b', workflow?.camel],
  ];
  const known = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const any = new RegExp(known.map(([pattern]) => `(${pattern})`).join('|'), 'g');
  return (text) =>
    text.replace(any, (whole, ...groups: unknown[]) => {
      const at = groups.findIndex((group) => group === whole);
      return known[at]?.[1] ?? whole;
    });
}
