// Objects against the recorded schemas, by ajv, with its errors as sentences.
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { closestTo } from './closest';
import type { Recorded, Schema } from './recorded';
import { HOW_TO_RECORD, kindOf, sourceOf } from './recorded';
import type { Manifest } from './render';

export interface SchemaProblem {
  /** The field, and what is wrong with it. */
  readonly text: string;
  /** Where the schema is from: `Kubernetes 1.35`. */
  readonly by: string;
}

type Validate = (manifest: Manifest) => readonly SchemaProblem[];

/** Compiles the schemas of a server once; each kind when it is first needed. Kinds of sources that were not recorded are not examined. */
export function validator(recorded: Recorded): Validate {
  const ajv = new Ajv({ strict: false, allErrors: true, verbose: true, validateFormats: false });
  const schemas = Object.entries(recorded.components.schemas).map(([name, schema]) => [name, closed(schema)]);
  ajv.addSchema({ $id: 'server', components: { schemas: Object.fromEntries(schemas) as object } });
  const compiled = new Map<string, ValidateFunction>();
  const compile = (name: string) => {
    const known = compiled.get(name) ?? ajv.compile({ $ref: `server#/components/schemas/${name}` });
    compiled.set(name, known);
    return known;
  };
  return (manifest) => {
    const source = sourceOf(manifest);
    const version = recorded.versions[source];
    if (version === undefined) return [];
    const kind = kindOf(manifest);
    const name = recorded.kinds[kind];
    const by = `${source} ${version.split('.').slice(0, 2).join('.')}`;
    if (name === undefined) return [{ by, text: unknownKind(kind, Object.keys(recorded.kinds)) }];
    const validate = compile(name);
    if (validate(manifest)) return [];
    return (validate.errors ?? []).flatMap(sentenceOf).map((text) => ({ by, text }));
  };
}

function unknownKind(kind: string, known: readonly string[]): string {
  const meant = closestTo(kind, known);
  const advice = meant === undefined ? '' : `did you mean ${meant}? If not, `;
  return `${kind} is not among the recorded kinds: ${advice}add it to an overlay and run \`${HOW_TO_RECORD}\``;
}

/** An API server refuses a field that the schema does not list, unless the schema says to keep it. JSON Schema would take it. */
function closed(schema: Schema): Schema {
  const { properties, items, additionalProperties } = schema;
  const open = additionalProperties !== undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    ...schema,
    ...(isSchema(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, isSchema(each) ? closed(each) : each]),
      ),
      ...(!open && { additionalProperties: false }),
    }),
    ...(isSchema(items) && { items: closed(items) }),
    ...(isSchema(additionalProperties) && { additionalProperties: closed(additionalProperties) }),
  };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A branch of a choice: the choice has an error of its own, which is enough. */
const BRANCH = /\/(oneOf|anyOf)\/\d+\//;

function sentenceOf(error: ErrorObject): string[] {
  if (BRANCH.test(error.schemaPath)) return [];
  const field = fieldAt(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  const parent = (error.parentSchema ?? {}) as Schema;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      const meant = closestTo(name, Object.keys(parent['properties'] ?? {}));
      const advice = meant === undefined ? 'remove it' : `did you mean "${meant}"?`;
      return [`${join(field, name)} is not a field: ${advice}`];
    }
    case 'required':
      return [`${join(field, String(params['missingProperty']))} is missing: it is required`];
    case 'type':
      return [`${field} must be ${article(String(params['type']))}, and is ${shown(error.data)}`];
    case 'oneOf':
    case 'anyOf':
      return [`${field} ${choiceOf(error.schema as readonly Schema[])}, and is ${shown(error.data)}`];
    case 'enum':
      return [
        `${field} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}, and is ${shown(error.data)}`,
      ];
    default:
      return [`${field} ${error.message ?? error.keyword}, and is ${shown(error.data)}`];
  }
}

/** Recorded choices are between types only: a number or a text. */
function choiceOf(branches: readonly Schema[]): string {
  return `must be ${branches.map(({ type }) => article(String(type))).join(' or ')}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(value);
}

function article(type: string): string {
  const name = type === 'array' ? 'list' : type;
  return `${/^[aio]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** `/spec/containers/0/ports` is `spec.containers[0].ports`. */
function fieldAt(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((field, part) => (/^\d+$/.test(part) ? `${field}[${part}]` : join(field, part)), '');
}

function join(field: string, name: string): string {
  const plain = /^[\w-]+$/.test(name);
  if (!plain) return `${field}["${name}"]`;
  return field === '' ? name : `${field}.${name}`;
}
