import { CONFIG } from '../modules';
import { readName } from '../naming';
import type { Plan } from '../plan';
import { addEntry, addImport } from '../registrations';
import { domainFiles } from '../texts';

export function domain(_root: string, name: string): Plan {
  const own = readName(name, 'domain');
  return {
    what: `domain ${own.camel}`,
    files: domainFiles(own),
    edits: [
      addImport(CONFIG, own.camel, `./domains/${own.kebab}`),
      addEntry(CONFIG, { call: 'defineConfig', property: 'domains' }, own.camel),
    ],
    next: [`sagaline add event NAME --domain ${own.kebab}`, `sagaline add pool NAME --domain ${own.kebab}`],
  };
}
