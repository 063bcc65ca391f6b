import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Catalogue } from '../../contracts';
import { originOf, sourceFor, STRUCTURED_CONTENT_TYPE } from '../../contracts';
import { newApiKey } from '../../security/tokens/api-keys';
import type { Scope } from '../../security/tokens/principal';
import { LOOPBACK } from '../stack/ports';
import { keptFile, quoted, writeOwners } from './files';
import type { MakePart } from './part';

/** One key for each scope, so that you can try what a token does not allow. */
const KEYS: Readonly<Record<string, Scope>> = {
  publisher: 'events:publish',
  submitter: 'endpoints:submit',
  reader: 'read',
  operator: 'operate',
  approver: 'approve',
};

/** The gateway asks for tokens: docs/tokens.md. */
export const gateway: MakePart = async ({ folder, config, catalogue }) => {
  const list = path.join(folder, 'api-keys.json');
  if (!existsSync(list)) {
    const made = Object.entries(KEYS).map(([name, scope]) => ({
      name,
      ...newApiKey({ id: name, principal: name, scopes: [scope] }),
    }));
    await Promise.all(made.map(({ name, key }) => writeOwners(path.join(folder, `${name}.token`), key)));
    // The list goes last: after a kill in the middle of this, all keys are made anew.
    await writeOwners(
      list,
      `${JSON.stringify(
        made.map(({ entry }) => entry),
        null,
        2,
      )}\n`,
    );
  }
  const tokens = await Promise.all(
    Object.keys(KEYS).map(async (name) => [name, await keptFile(folder, `${name}.token`, lost)] as const),
  );
  const fileOf = (name: string) => path.join(folder, `${name}.token`);
  const headerOf = (name: string) => path.join(folder, `${name}.header`);
  await Promise.all(
    tokens.map(([name, { content }]) =>
      writeOwners(headerOf(name), `authorization: Bearer ${content.trim()}\n`),
    ),
  );
  return {
    settings: {
      GATEWAY_AUTH: 'required',
      API_KEYS_FILE: list,
      GATEWAY_HOST: LOOPBACK,
      CONSOLE_HOST: LOOPBACK,
      HEALTH_HOST: LOOPBACK,
    },
    // Who the operator is on record: docs/audit.md.
    settingsOf: (role) => (role === 'operator' ? { SAGALINE_TOKEN_FILE: fileOf('operator') } : {}),
    tokens: Object.fromEntries(tokens.map(([name, { content }]) => [name, content])),
    lines: [
      `export SAGALINE_TOKEN_FILE=${quoted(fileOf('operator'))}`,
      `cat ${quoted(fileOf('operator'))}   # to sign in to the console`,
      ...requestsOf(catalogue, `http://${LOOPBACK}:${config.GATEWAY_PORT}`, headerOf),
    ],
  };
};

function lost(): string {
  throw new Error('a token of the gateway is missing; delete its folder, and all are made anew');
}

/** A request to the first endpoint of the project, and an event of the first type that the gateway takes. */
function requestsOf(
  { endpoints, contracts }: Catalogue,
  url: string,
  headerOf: (name: string) => string,
): string[] {
  const [endpoint] = endpoints;
  const contract = contracts.find((each) => originOf(each).kind === 'external');
  // curl reads the token from a file: arguments of a process are shown to everybody on the machine.
  const curl = (name: string, route: string, type: string, body: unknown) =>
    `curl -i ${url}${route} -H ${quoted(`@${headerOf(name)}`)} -H 'content-type: ${type}' -d ${quoted(JSON.stringify(body))}`;
  return [
    ...(endpoint ? [curl('submitter', endpoint.path, 'application/json', endpoint.event.example)] : []),
    ...(contract
      ? [
          curl('publisher', '/events', STRUCTURED_CONTENT_TYPE, {
            specversion: '1.0',
            id: 'by-hand-1',
            source: sourceFor(contract, '/by-hand'),
            type: contract.type,
            data: contract.example,
          }),
        ]
      : []),
  ];
}
