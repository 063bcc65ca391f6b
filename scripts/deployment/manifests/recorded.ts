// What API servers say of the kinds that the manifests use, recorded from them by `npm run test:full -- kubernetes record`.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from './render';

export const SCHEMAS = path.join(__dirname, 'schemas');
export const HOW_TO_RECORD = 'npm run test:full -- kubernetes record';
const SCALERS = 'scalers.json';

const GROUPS = { KEDA: 'keda.sh/', "worker controller's CRDs": 'temporal.io/' } as const;

/** Whose kind it is. */
export type Source = 'Kubernetes' | keyof typeof GROUPS;

export function sourceOf({ apiVersion = '' }: Partial<Pick<Manifest, 'apiVersion'>>): Source {
  const sources = Object.keys(GROUPS) as (keyof typeof GROUPS)[];
  return sources.find((source) => apiVersion.startsWith(GROUPS[source])) ?? 'Kubernetes';
}

export type Schema = Readonly<Record<string, unknown>>;

/** Of the document that a server has at `/openapi/v3/apis/<group>/<version>`. */
export interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Recorded extends OpenApi {
  /** The versions of the programs that have defined these kinds, such as `{ Kubernetes: '1.35.4', KEDA: '2.20.2' }`. */
  readonly versions: Versions;
  /** Names of schemas by {@link kindOf}. */
  readonly kinds: Readonly<Record<string, string>>;
}

/** Versions of {@link Source}s. */
export type Versions = Readonly<Partial<Record<Source, string>>>;

/** Parameters of KEDA's scalers, by type of scaler. */
export type Scalers = Readonly<Record<string, readonly string[]>>;

export function recordedSchemas(folder = SCHEMAS): readonly Recorded[] {
  return readdirSync(folder)
    .filter((name) => name !== SCALERS)
    .sort()
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Recorded);
}

export function recordedScalers(folder = SCHEMAS): Scalers {
  return JSON.parse(readFileSync(path.join(folder, SCALERS), 'utf8')) as Scalers;
}

/** Such as `apps/v1 Deployment`. */
export function kindOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  return `${apiVersion} ${kind}`;
}

/**
 * What is kept of a server's documents: the schemas of `kinds`, all that they refer to, and of each the keywords that refuse something.
 *
 * @param kinds as {@link kindOf} returns them
 * @param documents of the server, by apiVersion
 */
export function reduced(
  kinds: readonly string[],
  documents: ReadonlyMap<string, OpenApi>,
): Pick<Recorded, 'kinds' | 'components'> {
  const schemas = new Map<string, Schema>();
  const named = kinds.map((kind) => {
    const [apiVersion = ''] = kind.split(' ');
    const all = documents.get(apiVersion)?.components.schemas ?? {};
    const name = Object.keys(all).find((each) => kindsOfSchema(all[each] ?? {}).includes(kind));
    if (name === undefined) throw new Error(`the server has no schema of ${kind}`);
    const waiting = [name];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (schemas.has(next)) continue;
      const schema = withoutProse(all[next] ?? {});
      schemas.set(next, schema);
      waiting.push(...referencesIn(schema));
    }
    return [kind, name] as const;
  });
  return {
    kinds: Object.fromEntries(named),
    components: { schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

/** With a line for each schema, so that a difference can be read. */
export function textOf({ versions, kinds, components }: Recorded): string {
  const lines = Object.entries(components.schemas).map(
    ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`,
  );
  const head = JSON.stringify({ versions, kinds }).slice(1, -1);
  return `{${head},"components":{"schemas":{\n${lines.join(',\n')}\n}}}\n`;
}

export function scalersText(scalers: Scalers): string {
  const lines = Object.entries(scalers).map(
    ([type, parameters]) => `${JSON.stringify(type)}:${JSON.stringify(parameters)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** Where schemas are kept: `kubernetes-1.35.json`, or `worker-controller.json` for those that do not depend on the server. */
export function fileOf({ Kubernetes: version }: Versions): string {
  const [major, minor] = (version ?? '').split('.');
  return path.join(
    SCHEMAS,
    version === undefined ? 'worker-controller.json' : `kubernetes-${major}.${minor}.json`,
  );
}

export const SCALERS_FILE = path.join(SCHEMAS, SCALERS);

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

function kindsOfSchema(schema: Schema): string[] {
  const found = (schema['x-kubernetes-group-version-kind'] ?? []) as readonly GroupVersionKind[];
  return found.map(({ group, version, kind }) =>
    kindOf({ apiVersion: group === '' ? version : `${group}/${version}`, kind }),
  );
}

const PROSE =
  /^(description|default|example|format|title|x-kubernetes-(?!preserve-unknown-fields|int-or-string).*)$/;
/** Their keys are names of fields, not keywords. */
const FIELDS = 'properties';

function withoutProse(schema: Schema): Schema {
  const kept = Object.entries(schema).filter(([keyword]) => !PROSE.test(keyword));
  return Object.fromEntries(
    kept.map(([keyword, value]) => [
      keyword,
      keyword === FIELDS
        ? Object.fromEntries(
            Object.entries(value as Record<string, Schema>).map(([name, each]) => [name, withoutProse(each)]),
          )
        : reducedValue(value),
    ]),
  );
}

function reducedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reducedValue);
  return typeof value === 'object' && value !== null ? withoutProse(value as Schema) : value;
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === '$ref' && typeof each === 'string'
      ? [each.slice('#/components/schemas/'.length)]
      : referencesIn(each),
  );
}
