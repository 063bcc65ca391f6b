import path from 'node:path';
import { loadApp } from 'sagaline/testing';

// `loadApp` throws if a workflow has no pool or a folder is missing.
test('the configuration is complete, and has its domain and pools', () => {
  const { domains, pools } = loadApp(path.resolve(__dirname, '../..'));
  expect(domains.map(({ name }) => name)).toContain('tickets');
  expect(Object.keys(pools)).toEqual(expect.arrayContaining(['tickets']));
});
