// Who gets into the console, and from where. Nothing listens: requests are injected.
import type { InjectOptions } from 'fastify';
import { ErrorCode, NatsError } from 'nats';
import { createConsole } from '../../../../src/console';
import { createSessions } from '../../../../src/console/server/sessions';
import type { Authentication, Scope } from '../../../../src/security/tokens';
import { silentLog } from '../../../support/log';
import { unknownSystem } from '../../../support/system';

const HOST = '127.0.0.1:8083';
const ORIGIN = { host: HOST, origin: `http://${HOST}` };
const ASSETS = {
  css: 'css',
  script: 'script',
  cssPath: '/assets/a/console.css',
  scriptPath: '/assets/b/console.js',
};
const nobody = () => Promise.reject(new Error('nothing is connected'));

/** Tokens by name; what a test revokes is gone. */
function consoleUnderTest({ open = false, secure = false, auditFails = false, away = nobody } = {}) {
  const tokens = new Map<string, readonly Scope[]>([
    ['rita', ['read']],
    ['ada', ['operate']],
    ['olga', ['approve']],
    ['paul', ['events:publish']],
  ]);
  let now = Date.parse('2026-01-01T12:00:00Z');
  const records: unknown[][] = [];
  const app = createConsole({
    context: {
      catalogue: { contractOf: () => undefined, routes: [] } as never,
      processes: [],
      config: () => ({
        ...{ TEMPORAL_UI_URL: 'http://127.0.0.1', TEMPORAL_NAMESPACE: 'default' },
        BULK_GRACE_SECONDS: 0,
      }),
      temporal: away,
      events: away,
      deadLetters: away,
      database: () =>
        ({
          query: (_: string, values: unknown[]) => {
            records.push(values);
            if (auditFails) return Promise.reject(new Error('no audit'));
            return Promise.resolve([{ sequence: '1', refersTo: null }]);
          },
        }) as never,
      switchable: () => ({ pools: [], providers: [] }),
      publisher: away,
      pools: () => [],
      personal: () => ({}) as never,
    },
    system: unknownSystem,
    throughput: () => [],
    assets: ASSETS,
    authenticate: open
      ? undefined
      : (token): Promise<Authentication> => {
          const scopes = tokens.get(token);
          return Promise.resolve(
            scopes
              ? { kind: 'authenticated', principal: { name: token, scopes } }
              : { kind: 'refused', reason: 'unknown-key' },
          );
        },
    user: 'somebody',
    secureCookies: secure,
    log: silentLog,
    clock: () => new Date(now),
  });
  const inject = (options: InjectOptions) =>
    app.inject({ ...options, headers: { host: HOST, ...options.headers } });
  const form = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    inject({
      method: 'POST',
      url,
      headers: { ...ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(fields).toString(),
    });
  const signIn = async (token: string) => {
    const answer = await form('/login', { token });
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    const page = await inject({ url: '/audit', headers: { cookie } });
    return { answer, cookie, csrf: /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '' };
  };
  return { app, inject, form, signIn, tokens, records, wait: (ms: number) => (now += ms) };
}

test.each([
  ['NATS', 'NATS_URL', () => new NatsError('TIMEOUT', ErrorCode.Timeout)],
  ['Temporal', 'TEMPORAL_ADDRESS', () => Object.assign(new Error('14 UNAVAILABLE'), { code: 14 })],
  ['a slow Temporal', 'TEMPORAL_ADDRESS', () => Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4 })],
])('without %s, pages and forms name it and its setting', async (_server, setting, error) => {
  const { inject, form, signIn } = consoleUnderTest({ away: () => Promise.reject(error()) });
  const { cookie, csrf } = await signIn('ada');
  const pages = ['/sagas/order-1', '/sagas?q=order-1', '/dead-letters/1'];
  for (const url of pages) {
    const { statusCode, body } = await inject({ url, headers: { cookie } });
    expect([url, statusCode, body.includes(setting)]).toEqual([url, 503, true]);
  }
  const { statusCode, body } = await form('/dead-letters/1/discard', { csrf, why: 'a test' }, { cookie });
  expect([statusCode, body.includes(setting)]).toEqual([503, true]);
  expect((await inject({ url: '/dead-letters', headers: { cookie } })).body).toContain(setting);
});

test('an address that is none is not found, and an id may be as long as Temporal’s', async () => {
  const { inject, signIn } = consoleUnderTest();
  const { cookie } = await signIn('ada');
  const broken = await inject({ url: '/sagas/%ff', headers: { cookie } });
  expect([broken.statusCode, broken.body]).toEqual([404, 'There is no such page.']);
  const long = await inject({ url: `/sagas/order-${'é'.repeat(150)}`, headers: { cookie } });
  expect([long.statusCode, long.headers['content-type']]).toEqual([500, 'text/html; charset=utf-8']);
});

test('without a session every page leads to the form to sign in', async () => {
  const { inject } = consoleUnderTest();
  for (const url of [
    '/',
    '/live/overview',
    '/struggling',
    '/streams',
    '/runbooks',
    '/sagas',
    '/sagas/order-1',
    '/dead-letters',
    '/dead-letters/1',
    '/deploys',
    '/live/deploys',
    '/deploys/orders/1.0',
    '/deploys/orders/1.0/move?to=2.0',
    '/throughput',
    '/live/throughput',
    '/live/throughput.json',
    '/test-event',
    '/test-event/sent/1',
    '/audit',
    '/bulk',
    '/bulk/requests/1',
  ]) {
    const { statusCode, headers } = await inject({ url });
    expect([url, statusCode, String(headers.location).startsWith('/login')]).toEqual([url, 303, true]);
  }
});

test('a token begins a session, in a cookie that no script and no other site gets', async () => {
  const { signIn, inject } = consoleUnderTest();
  const { answer, cookie } = await signIn('rita');
  expect(answer.statusCode).toBe(303);
  expect(answer.headers['set-cookie']).toMatch(
    /^sagaline-console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const { statusCode, body } = await inject({ url: '/sagas', headers: { cookie } });
  expect(statusCode).toBe(200);
  expect(body).toContain('rita, viewer');
  expect(body + JSON.stringify(answer.headers)).not.toContain('token=');
});

test.each([
  ['nobody’s', 401],
  ['paul', 403],
])('the token of %s does not begin a session', async (token, status) => {
  const { form } = consoleUnderTest();
  const answer = await form('/login', { token });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['set-cookie']).toBeUndefined();
});

test('a revoked token ends its sessions at once', async () => {
  const { signIn, inject, tokens } = consoleUnderTest();
  const { cookie } = await signIn('ada');
  tokens.delete('ada');
  expect((await inject({ url: '/audit', headers: { cookie } })).statusCode).toBe(303);
});

test.each([
  ['an hour without a request', [60 * 60_000]],
  ['twelve hours', Array.from({ length: 13 }, () => 59 * 60_000)],
])('a session ends after %s', async (_, pauses) => {
  const { signIn, inject, wait } = consoleUnderTest();
  const { cookie } = await signIn('rita');
  const statuses: number[] = [];
  for (const pause of pauses) {
    wait(pause);
    statuses.push((await inject({ url: '/audit', headers: { cookie } })).statusCode);
  }
  expect(statuses.at(-1)).toBe(303);
  expect(statuses.slice(0, -1).every((status) => status === 200)).toBe(true);
});

test('over TLS the cookie is for TLS only, signed in or on an open console', async () => {
  const { answer } = await consoleUnderTest({ secure: true }).signIn('rita');
  expect(answer.headers['set-cookie']).toMatch(/; SameSite=Strict; Secure$/);
  const page = await consoleUnderTest({ secure: true, open: true }).inject({ url: '/audit' });
  expect(page.headers['set-cookie']).toMatch(/; SameSite=Strict; Secure$/);
});

test('of more than 5,000 sessions the oldest one ends', () => {
  const sessions = createSessions(() => 0);
  const ids = Array.from({ length: 5_001 }, () => sessions.create('rita').id);
  const [oldest = '', second = ''] = ids;
  expect(sessions.find(oldest, true)).toBeUndefined();
  expect([second, ids.at(-1) ?? ''].map((id) => sessions.find(id, true)?.token)).toEqual(['rita', 'rita']);
});

test('signing out ends the session on the server, too', async () => {
  const { signIn, inject, form } = consoleUnderTest();
  const { cookie, csrf } = await signIn('rita');
  expect((await form('/logout', { csrf }, { cookie })).statusCode).toBe(303);
  expect((await inject({ url: '/audit', headers: { cookie } })).statusCode).toBe(303);
});

const ACTIONS = [
  '/sagas/order-1/decide',
  '/sagas/order-1/approve',
  '/dead-letters/1/reveal',
  '/dead-letters/1/redrive',
  '/dead-letters/1/discard',
  '/dead-letters/1/edit',
  '/bulk/decide',
  '/bulk/dead-letters',
  '/bulk/any/start',
  '/bulk/any/stop',
  '/deploys/orders/1.0/move',
  '/test-event',
  '/bulk/any/pause',
  '/bulk/any/resume',
  '/bulk/requests/1/approve',
  '/logout',
];

test.each(ACTIONS)('%s needs the session’s own form, sent from this site', async (url) => {
  const { signIn, form, records } = consoleUnderTest();
  const { cookie, csrf } = await signIn('ada');
  const other = (await signIn('ada')).csrf;
  const elsewhere = { cookie, origin: 'https://elsewhere.example' };
  expect((await form(url, { why: 'x' }, { cookie })).statusCode).toBe(403);
  expect((await form(url, { why: 'x', csrf: other }, { cookie })).statusCode).toBe(403);
  expect((await form(url, { why: 'x', csrf }, elsewhere)).statusCode).toBe(403);
  expect((await form(url, { why: 'x', csrf }, { cookie, origin: 'null' })).statusCode).toBe(403);
  expect((await form(url, { why: 'x', csrf })).statusCode).toBe(401);
  // The audit page has read the records; nothing was written.
  expect(records.every((values) => values.at(-1) === 51)).toBe(true);
});

test('a form that does not say where it was sent from is refused, unless the browser says: from this site', async () => {
  const { app, signIn } = consoleUnderTest();
  const { cookie, csrf } = await signIn('ada');
  const statusFrom = async (headers: Record<string, string>) => {
    const answer = await app.inject({
      ...{ method: 'POST', url: '/logout', payload: new URLSearchParams({ csrf }).toString() },
      headers: { host: HOST, cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
    return answer.statusCode;
  };
  expect(await statusFrom({})).toBe(403);
  for (const site of ['cross-site', 'same-site', 'none'])
    expect([site, await statusFrom({ 'sec-fetch-site': site })]).toEqual([site, 403]);
  expect(await statusFrom({ 'sec-fetch-site': 'same-origin' })).toBe(303);
});

test('a dead letter is not revealed where that cannot go on record', async () => {
  const { signIn, form, inject } = consoleUnderTest({ auditFails: true });
  const { cookie } = await signIn('ada');
  const page = await inject({ url: '/', headers: { cookie } });
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const { statusCode, body } = await form('/dead-letters/1/reveal', { csrf, why: 'x' }, { cookie });
  expect([statusCode, body]).toEqual([503, expect.stringContaining('audit-unavailable')]);
});

test.each(ACTIONS.filter((url) => !/reveal|logout/.test(url)))('a viewer may not use %s', async (url) => {
  const { signIn, form, records } = consoleUnderTest();
  const { cookie, csrf } = await signIn('rita');
  const fields = {
    csrf,
    why: 'x',
    body: '{}',
    request: '1',
    decision: 'retry',
    runId: 'r',
    what: 'w',
    since: 's',
  };
  const answer = await form(url, fields, { cookie });
  expect(answer.statusCode).toBe(403);
  expect(answer.body).toContain('forbidden-scope');
  expect(records.every((values) => values.at(-1) === 51)).toBe(true);
});

test('an approver may approve, and nothing else that changes something', async () => {
  const { signIn, form, inject } = consoleUnderTest();
  const { cookie, csrf } = await signIn('olga');
  expect((await inject({ url: '/audit', headers: { cookie } })).body).toContain('olga, approver');
  for (const url of ACTIONS.filter((each) => !/reveal|logout/.test(each))) {
    const answer = await form(url, { csrf }, { cookie });
    expect([url, answer.statusCode === 403]).toEqual([url, !url.endsWith('/approve')]);
  }
});

test('an open console is for this machine: another name of it is refused', async () => {
  const { inject } = consoleUnderTest({ open: true });
  expect((await inject({ url: '/audit' })).statusCode).toBe(200);
  for (const host of ['rebound.example:8083', '127.0.0.1.rebound.example', 'localhost.rebound.example:8083'])
    expect([host, (await inject({ url: '/audit', headers: { host } })).statusCode]).toEqual([host, 403]);
});

test('an open console says so, and its forms are protected as well', async () => {
  const { inject, form } = consoleUnderTest({ open: true });
  const page = await inject({ url: '/audit' });
  expect(page.body).toContain('anyone on this machine may use this console');
  const cookie = String(page.headers['set-cookie']).split(';')[0] ?? '';
  expect((await form('/dead-letters/1/discard', { why: 'x' }, { cookie })).statusCode).toBe(403);
});

test.each([
  '/',
  '/login',
  '/deploys',
  '/throughput',
  '/sagas/nothing',
  '/no-such-page',
  '/audit?cursor=x',
  '/dead-letters/0',
])('%s lets the browser run only this console’s files, and keeps nothing', async (url) => {
  const { inject, signIn } = consoleUnderTest();
  const { cookie } = await signIn('ada');
  const { headers } = await inject({ url, headers: { cookie } });
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers['cache-control']).toBe('no-store');
});

test.each([
  '//elsewhere.example',
  'https://elsewhere.example',
  '/\\elsewhere.example',
  'javascript:alert(1)',
])('signing in does not lead to %s', async (to) => {
  const { form } = consoleUnderTest();
  expect((await form('/login', { token: 'rita', to })).headers.location).toBe('/');
});

test('a server that is away leaves the other parts of a page', async () => {
  const { signIn, inject } = consoleUnderTest();
  const { cookie } = await signIn('rita');
  const { statusCode, body } = await inject({ url: '/sagas', headers: { cookie } });
  expect(statusCode).toBe(200);
  expect(body).toContain('open sagas: nothing is connected');
  expect(body).toContain('Find');
});

test.each(['/live/overview', '/live/struggling', '/live/stuck', '/live/streams'])(
  '%s, which a page asks for by itself, does not keep the session of a person who has gone',
  async (url) => {
    const { signIn, inject, wait } = consoleUnderTest();
    const { cookie } = await signIn('rita');
    const refresh = async () => (await inject({ url, headers: { cookie } })).statusCode;
    wait(59 * 60_000);
    expect(await refresh()).toBe(200);
    wait(2 * 60_000);
    expect(await refresh()).toBe(303);
  },
);
