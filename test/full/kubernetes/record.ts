// What a server says of the kinds in the manifests, for the check that runs without one (scripts/deployment/manifests).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { OpenApi, Recorded, Scalers, Versions } from '../../../scripts/deployment/manifests/recorded';
import {
  fileOf,
  HOW_TO_RECORD,
  kindOf,
  reduced,
  SCALERS_FILE,
  scalersText,
  textOf,
} from '../../../scripts/deployment/manifests/recorded';
import type { Manifest } from '../../../scripts/deployment/manifests/render';
import { until } from '../../support/until';
import type { ApiServer } from './api-server';

/** A server describes new kinds some seconds after it has established them. */
const DESCRIBED_WITHIN_MS = 30_000;

/** Asks a server. */
export async function recordedFrom(
  { kubectl }: ApiServer,
  versions: Versions,
  manifests: readonly Manifest[],
): Promise<Recorded> {
  const documents = new Map<string, OpenApi>();
  for (const apiVersion of new Set(manifests.map((manifest) => manifest.apiVersion))) {
    const address = `/openapi/v3/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
    let said = '';
    await until(
      `the server describes ${apiVersion}`,
      async () => {
        const answer = await kubectl(['get', '--raw', address]);
        said = answer.said;
        return answer.ok;
      },
      DESCRIBED_WITHIN_MS,
    );
    documents.set(apiVersion, JSON.parse(said) as OpenApi);
  }
  const kinds = [...new Set(manifests.map(kindOf))].sort();
  return { versions, ...reduced(kinds, documents) };
}

/** @param file KEDA's own list */
export function scalersFrom(file: string): Scalers {
  const { scalers } = JSON.parse(readFileSync(file, 'utf8')) as {
    scalers: readonly { readonly type: string; readonly parameters: readonly { readonly name: string }[] }[];
  };
  return Object.fromEntries(
    scalers.map(({ type, parameters }) => [type, parameters.map(({ name }) => name).sort()]),
  );
}

/** Writes a file of the repository, or says what is wrong with the one that is there. */
export type Keep = (file: string, text: string) => string[];

export const writeRecorded: Keep = (file, text) => {
  writeFileSync(file, text);
  return [];
};

export const compareWithRecorded: Keep = (file, text) =>
  existsSync(file) && readFileSync(file, 'utf8') === text
    ? []
    : [`${path.basename(file)} is not what the server says now: run \`${HOW_TO_RECORD}\``];

export const keepSchemas = (keep: Keep, recorded: Recorded) =>
  keep(fileOf(recorded.versions), textOf(recorded));

export const keepScalers = (keep: Keep, scalers: Scalers) => keep(SCALERS_FILE, scalersText(scalers));
