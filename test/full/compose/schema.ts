// A database that is older or newer than the image, as the doctor tells it.
import type { Project } from './project';

const TABLE = 'sagaline.migrations_effects';

/** @returns what was not told */
export async function schemaProblems(project: Project, say: (line: string) => void): Promise<string[]> {
  const { OWNER_DATABASE_PASSWORD: password = '', POSTGRES_TLS: tls = '' } = project.settings;
  // The roles of processes may not read what has been migrated.
  const owner = `postgresql://sagaline_owner:${password}@postgres:5432/sagaline?${tls}`;
  const newest = `(select max(id) from ${TABLE})`;
  const [name = ''] = await project.sql(`select name from ${TABLE} where id = ${newest}`);
  const problems: string[] = [];
  const expectTold = async (what: string, told: readonly string[]) => {
    const asOwner = ['--env', `DATABASE_URL=${owner}`];
    const { code, said } = await project.compose([
      ...['exec', '--no-TTY', ...asOwner, 'console', 'sagaline', 'doctor'],
    ]);
    const missing = told.filter((each) => !said.includes(each));
    problems.push(...missing.map((each) => `${what}: "${each}" was not said, but\n${said}`));
    if (code === 0) problems.push(`${what}: doctor ends with 0`);
    say(`${what}: ${code === 0 || missing.length > 0 ? 'NOT told' : 'told'}`);
  };

  await project.sql(`update ${TABLE} set name = 'of-a-later-image' where id = ${newest}`);
  await expectTold('the database is older than the image', [name, 'npx sagaline provision']);
  await project.sql(`update ${TABLE} set name = '${name}' where name = 'of-a-later-image'`);

  await project.sql(`insert into ${TABLE} (name, run_on) values ('of-a-later-image', now())`);
  await expectTold('the database is newer than the image', ['of-a-later-image', 'is newer than this code']);
  await project.sql(`delete from ${TABLE} where name = 'of-a-later-image'`);
  return problems;
}
