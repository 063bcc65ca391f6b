/** Texts of files that have no counterpart in the template. */
import type { Naming } from './naming';

type Files = Readonly<Record<string, string>>;

/** The files of a new domain without content. */
export function domainFiles({ camel, kebab }: Naming): Files {
  const folder = `domains/${kebab}`;
  return {
    [`${folder}/names.ts`]: `/** Names that events, workflows, activities and tests share. Plain constants: workflows import this file. */

export const PREFIX = 'com.example.${kebab}';

export const EVENTS = {} as const;

export const TASK_QUEUES = {} as const;
`,
    [`${folder}/index.ts`]: `import { defineDomain } from 'sagaline';
import * as events from './events';
import { routes } from './routes';
import * as workflows from './workflows';

/** The domain \`${kebab}\`. Pure: events, routes and names, no I/O. */
export const ${camel} = defineDomain({
  name: '${kebab}',
  events: Object.values(events),
  workflows: Object.values(workflows),
  routes,
  webhooks: [],
});
`,
    [`${folder}/routes.ts`]: `import { defineRoutes } from 'sagaline';

/** Which events reach which workflow, and which of them open it. */
export const routes = defineRoutes({});
`,
    [`${folder}/workflows.ts`]: 'export {};\n',
    [`${folder}/events/index.ts`]: 'export {};\n',
    [`${folder}/capabilities/index.ts`]: 'export {};\n',
    [`test/unit/domains/${kebab}.test.ts`]: `import { ${camel} } from '../../../domains/${kebab}';
import config from '../../../sagaline.config';

test('the configuration names the domain ${kebab}', () => {
  expect(config.domains).toContain(${camel});
  expect(${camel}.name).toBe('${kebab}');
});
`,
  };
}

export function poolFile({ camel }: Naming, domain: Naming): string {
  return `import { definePool } from 'sagaline';
import { createDeadLetterActivities } from 'sagaline/activities';
import { ${domain.camel} } from '../domains/${domain.kebab}';
import { TASK_QUEUES } from '../domains/${domain.kebab}/names';

export const ${camel}Pool = definePool({
  domain: ${domain.camel},
  taskQueue: TASK_QUEUES.${camel},
  activities: ({ database }) => ({
    ...createDeadLetterActivities(database),
  }),
});
`;
}

export function poolTest({ camel, kebab }: Naming, domain: Naming): string {
  return `import { TASK_QUEUES } from '../../../domains/${domain.kebab}/names';
import config from '../../../sagaline.config';

test('the configuration names the pool ${kebab}, with a task queue of its own', () => {
  expect(config.pools['${kebab}']?.taskQueue).toBe(TASK_QUEUES.${camel});
  const queues = Object.values(config.pools).map(({ taskQueue }) => taskQueue);
  expect(queues.filter((queue) => queue === TASK_QUEUES.${camel})).toHaveLength(1);
});
`;
}

export function routeTest({ kebab }: Naming, domain: Naming, event: Naming, workflow: Naming): string {
  return `import { ${event.camel} } from '../../../domains/${domain.kebab}/events';
import { routes } from '../../../domains/${domain.kebab}/routes';
import { ${workflow.camel} } from '../../../domains/${domain.kebab}/workflows';

test('${kebab} brings ${event.camel} to ${workflow.camel}', () => {
  expect(routes).toContainEqual(
    expect.objectContaining({ name: '${kebab}', event: ${event.camel}, workflow: ${workflow.camel} }),
  );
});
`;
}
