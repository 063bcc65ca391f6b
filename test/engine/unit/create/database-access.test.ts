// A project that is made from a template has a database role for each pool, with rights on the pool's own tables.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const CREATE = path.resolve(__dirname, '../../../../create');

/** Tables of the migrations, as `schema.table`. */
function tablesOf(template: string): string[] {
  const folder = path.join(CREATE, template, 'migrations');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.sql'),
  );
  const text = files.map((file) => readFileSync(path.join(folder, file), 'utf8')).join('\n');
  return [...text.matchAll(/create table (\w+\.\w+)/g)].flatMap(([, table]) => table ?? []);
}

test.each(['template-minimal', 'template-shop'])('%s gives a pool rights on each table', (template) => {
  const config = readFileSync(path.join(CREATE, template, 'sagaline.config.ts'), 'utf8');
  const granted = [...config.matchAll(/'?([\w.]+)'?: \{ 'worker:\w+': '\w+' \}/g)].map(([, entry]) => entry);
  const tables = tablesOf(template);
  expect(tables.length).toBeGreaterThan(0);
  for (const table of tables)
    expect([table, granted.some((entry) => table === entry || table.split('.')[0] === entry)]).toEqual([
      table,
      true,
    ]);
});
