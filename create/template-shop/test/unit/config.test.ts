import path from 'node:path';
import { loadApp } from 'sagaline/testing';

test('the configuration is complete: each workflow has a pool, each folder is there', () => {
  const { domains } = loadApp(path.resolve(__dirname, '../..'));
  for (const { events, workflows, routes } of domains)
    for (const { event, workflow } of routes) {
      expect(events).toContain(event);
      expect(workflows).toContain(workflow);
    }
  expect(domains.map(({ name }) => name)).toContain('shop');
});
