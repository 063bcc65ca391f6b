import { readName } from '../naming';
import type { Plan } from '../plan';
import { addEntry, addLines } from '../registrations';
import { sample } from '../sample';
import type { Given } from './given';
import { domainOf, namesOf } from './given';

export function event(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'event');
  const of = domainOf(root, given);
  const names = { domain: of, event: own };
  const type = `\`\${PREFIX}.${of.kebab}.${own.kebab}.v1\``;
  return {
    what: `event ${own.camel} of ${of.camel}`,
    files: {
      ...sample('domains/tickets/events/ticket-requested.ts', names),
      ...sample('test/unit/events/ticket-requested.test.ts', names),
    },
    edits: [
      addEntry(namesOf(of), { constant: 'EVENTS' }, own.camel, `${own.camel}: ${type}`),
      addLines(`domains/${of.kebab}/events/index.ts`, `export * from './${own.kebab}';`),
    ],
    next: [
      `give it the data that it has: domains/${of.kebab}/events/${own.kebab}.ts`,
      `sagaline add route NAME --domain ${of.kebab} --event ${own.camel} --workflow NAME`,
    ],
  };
}
