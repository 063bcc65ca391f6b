// The objects of deploy/kubernetes, as kustomize makes them of its folders.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** An object as kustomize prints it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** The objects of one folder. */
export interface Rendered {
  /** The folder, from that of the manifests: `overlays/production/roles`. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** The folders below `folder` that kustomize can build, base first. A component is built where an overlay takes it. */
export function buildable(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => FILES.includes(path.basename(file)))
    .filter((file) => !isComponent(readFileSync(path.join(folder, file), 'utf8')))
    .map((file) => path.dirname(file))
    .sort();
}

/** What cannot be read is for kustomize, which says why. */
function isComponent(text: string): boolean {
  try {
    return (parse(text) as { kind?: string } | null)?.kind === 'Component';
  } catch {
    return false;
  }
}

/**
 * Has kubectl build a folder.
 *
 * @param name from `folder`
 * @throws KustomizeError with what kustomize printed
 */
export function render(kubectl: string, folder: string, name: string): Rendered {
  let text: string;
  try {
    text = execFileSync(kubectl, ['kustomize', path.join(folder, name)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw new KustomizeError((stderr ?? message).trim(), { cause: error });
  }
  return { name, manifests: manifestsIn(text) };
}

/** Thrown when a folder cannot be built: an unknown field, a missing file, a patch without an object. */
export class KustomizeError extends Error {
  override readonly name = 'KustomizeError';
}

/** kustomize quotes what YAML 1.1 would take for a boolean, such as `on`. */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}
