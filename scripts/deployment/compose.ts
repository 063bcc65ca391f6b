// docker-compose.yml as Docker Compose reads it: merged, interpolated, and of the form that its specification says.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ErrorObject } from 'ajv';
import { Ajv } from 'ajv';
import { parseDocument } from 'yaml';

/** What the checks look at. The schema has seen to the rest. */
export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

export interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly command?: string | readonly string[];
  readonly container_name?: string;
  readonly environment?: Readonly<Record<string, string | number | boolean | null>> | readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>> | readonly string[];
  readonly healthcheck?: { readonly test?: unknown; readonly disable?: boolean };
  readonly profiles?: readonly string[];
  readonly ports?: readonly unknown[];
  readonly volumes?: readonly (string | { readonly type: string; readonly source?: string })[];
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources?: { readonly limits?: { readonly cpus?: string; readonly memory?: string } };
  };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period?: string;
}

export type ComposeRead = { readonly compose: Compose } | { readonly problems: readonly string[] };

/** @param variables what `${NAME:-default}` is looked up in, before its default */
export function readCompose(text: string, variables: Readonly<Record<string, string>> = {}): ComposeRead {
  const yaml = parseDocument(text, { merge: true });
  // The others mostly follow from the first.
  const [unreadable] = yaml.errors;
  if (unreadable) return { problems: [unreadable.message.split('\n')[0] ?? ''] };
  const problems: string[] = [];
  const document = interpolate(yaml.toJS(), variables, '', problems);
  if (problems.length > 0) return { problems };
  const valid = validator();
  if (!valid(document)) return { problems: told(valid.errors ?? []) };
  return { compose: document as Compose };
}

/** `${NAME}`, `${NAME:-default}` and `$$`; the other forms of the specification are not used here. */
const VARIABLE = /\$(?:\$|\{(\w+)(?::-([^{}]*))?\}|)/g;

function interpolate(
  value: unknown,
  variables: Readonly<Record<string, string>>,
  where: string,
  problems: string[],
): unknown {
  if (typeof value === 'string') {
    return value.replace(VARIABLE, (whole, name: string | undefined, preset: string | undefined) => {
      if (whole === '$$') return '$';
      if (name === undefined)
        problems.push(`${where}: a "$" that is no \${NAME:-default} must be written "$$"`);
      const given = variables[name ?? ''];
      if (name !== undefined && given === undefined && preset === undefined)
        problems.push(`${where}: \${${name}} has no default`);
      return given === undefined || given === '' ? (preset ?? '') : given;
    });
  }
  if (Array.isArray(value))
    return value.map((item, index) => interpolate(item, variables, `${where}[${index}]`, problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      interpolate(item, variables, where === '' ? key : `${where}.${key}`, problems),
    ]),
  );
}

/** The compose specification's own JSON schema, in the copy that the package dclint carries. */
function validator() {
  const file = path.join(path.dirname(require.resolve('dclint/package.json')), 'schemas/compose.schema.json');
  // It names a meta-schema that ajv does not know, and formats that only Docker Compose does.
  const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false, validateFormats: false });
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
}

/** Of the alternatives of a field that all fail, the errors that went deepest are about what was meant. */
function told(errors: readonly ErrorObject[]): string[] {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length;
  const telling = errors.filter(({ keyword }) => !['oneOf', 'anyOf', 'if'].includes(keyword));
  const deepest = telling.filter(
    (error) =>
      !telling.some(
        (other) => other.instancePath.startsWith(`${error.instancePath}/`) && depth(other) > depth(error),
      ),
  );
  return [
    ...new Set(
      deepest.map(({ instancePath, message = 'is wrong', params }) => {
        const extra = (params as { additionalProperty?: string }).additionalProperty;
        const field = instancePath.slice(1).replaceAll('/', '.');
        return `${field}: ${message}${extra === undefined ? '' : ` ("${extra}")`}`;
      }),
    ),
  ];
}
