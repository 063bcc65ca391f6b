/**
 * The manifests of deploy/kubernetes without a cluster: kustomize builds each folder, and each object is held against the schemas
 * that API servers of two versions, KEDA and Temporal's worker controller have of it.
 */
import path from 'node:path';
import { nameProblems } from './names';
import type { Scalers } from './recorded';
import { recordedScalers, recordedSchemas } from './recorded';
import type { Manifest, Rendered } from './render';
import { buildable, KustomizeError, render } from './render';
import { scalerProblems, scalersOfTemplate } from './scalers';
import { problemsTogether } from './together';
import { validator } from './validate';

/** Where the manifests are, from the folder of the repository. */
const MANIFESTS = 'deploy/kubernetes';
const OVERLAYS = 'overlays';

/**
 * All problems, by folder, object and field. Overlays are examined when their bases have none: an overlay repeats them.
 *
 * @param folder that of the repository
 * @param kubectl path of the program
 */
export function manifestProblems(folder: string, kubectl: string): readonly string[] {
  const manifests = path.join(folder, MANIFESTS);
  const check = objectChecker();
  const overlays: Rendered[] = [];
  const problemsIn = (name: string) => {
    const where = `${MANIFESTS}/${name}`;
    try {
      const rendered = render(kubectl, manifests, name);
      if (isOverlay(name)) overlays.push(rendered);
      return renderedProblems(rendered, check).map((each) => `${where}: ${each}`);
    } catch (error) {
      if (error instanceof KustomizeError) return [`${where}: \`kubectl kustomize\`: ${error.message}`];
      throw error;
    }
  };
  const names = buildable(manifests);
  const bases = names.filter((name) => !isOverlay(name)).flatMap(problemsIn);
  if (bases.length > 0) return bases;
  const ofOverlays = names.filter(isOverlay).flatMap(problemsIn);
  if (ofOverlays.length > 0) return ofOverlays;
  return problemsTogether(overlays).map((each) => `${MANIFESTS}/${each}`);
}

const isOverlay = (name: string) => name.startsWith(OVERLAYS);

type Check = (manifest: Manifest) => readonly string[];

function renderedProblems({ manifests }: Rendered, check: Check): string[] {
  return withScalers(manifests).flatMap((manifest) =>
    check(manifest).map((problem) => `${manifest.kind} ${manifest.metadata.name}: ${problem}`),
  );
}

/** Also the scalers that are made of templates: their own schema keeps any field. */
export function withScalers(manifests: readonly Manifest[]): Manifest[] {
  return [...manifests, ...manifests.flatMap(scalersOfTemplate)];
}

/** A check of single objects. The same problem of several servers is listed once: `… (Kubernetes 1.34, Kubernetes 1.35)`. */
export function objectChecker(schemas = recordedSchemas(), scalers: Scalers = recordedScalers()): Check {
  const validators = schemas.map(validator);
  return (manifest) => {
    const sources = new Map<string, Set<string>>();
    for (const { text, by } of validators.flatMap((validate) => validate(manifest)))
      sources.set(text, (sources.get(text) ?? new Set()).add(by));
    const told = [...sources].map(([text, by]) => `${text} (${[...by].join(', ')})`);
    return told.length > 0 ? told : [...nameProblems(manifest), ...scalerProblems(manifest, scalers)];
  };
}
