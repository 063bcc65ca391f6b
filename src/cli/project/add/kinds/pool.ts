import { CONFIG } from '../modules';
import { readName } from '../naming';
import type { Plan } from '../plan';
import { addEntry, addImport } from '../registrations';
import { poolFile, poolTest } from '../texts';
import type { Given } from './given';
import { domainOf, namesOf } from './given';

export function pool(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'pool');
  const of = domainOf(root, given);
  const property = own.kebab === own.camel ? own.camel : `'${own.kebab}'`;
  const pools = { call: 'defineConfig', property: 'pools' };
  return {
    what: `pool ${own.kebab} of ${of.camel}`,
    files: {
      [`workers/${own.kebab}.ts`]: poolFile(own, of),
      [`test/unit/pools/${own.kebab}.test.ts`]: poolTest(own, of),
    },
    edits: [
      addImport(CONFIG, `${own.camel}Pool`, `./workers/${own.kebab}`),
      addEntry(CONFIG, pools, own.kebab, `${property}: ${own.camel}Pool`),
      addEntry(namesOf(of), { constant: 'TASK_QUEUES' }, own.camel, `${own.camel}: '${own.kebab}'`),
    ],
    next: [`sagaline add step NAME --pool ${own.kebab}`],
  };
}
