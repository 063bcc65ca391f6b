// Temporal's worker controller is in no package registry: its definitions are in a checkout of its repository.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { sourceOf } from '../../../scripts/deployment/manifests/recorded';
import type { Manifest } from '../../../scripts/deployment/manifests/render';
import type { ApiServer } from './api-server';

const CHART = 'helm/temporal-worker-controller-crds';
const DEFINITIONS = path.join(CHART, 'templates');

/** Whether only a server with the controller's definitions knows an object. */
export function isOfController(manifest: Manifest): boolean {
  return sourceOf(manifest) === "worker controller's CRDs";
}

/** The version of the chart that has the definitions. */
export function versionOfController(checkout: string): string {
  const { version } = parse(readFileSync(path.join(checkout, CHART, 'Chart.yaml'), 'utf8')) as {
    version: string;
  };
  return version;
}

/**
 * Gives the controller's kinds to a server.
 *
 * @param checkout the folder with the controller's repository
 */
export async function defineController({ kubectl }: ApiServer, checkout: string): Promise<void> {
  const folder = path.join(checkout, DEFINITIONS);
  const files = readdirSync(folder).filter((name) => name.startsWith('temporal.io_'));
  const names: string[] = [];
  for (const file of files) {
    const { ok, said } = await kubectl(
      ['apply', '--server-side', '-o', 'name', '-f', '-'],
      readFileSync(path.join(folder, file), 'utf8'),
    );
    if (!ok) throw new Error(`${file}: ${said}`);
    names.push(said);
  }
  const established = await kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
  if (!established.ok) throw new Error(established.said);
}
