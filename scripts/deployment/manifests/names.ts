// What API servers say of names and labels, which their schemas describe as any text.
import type { Manifest } from './render';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;
/** A label's value, and its key after the slash. */
const LABEL = /^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/;
const LONGEST_LABEL = 63;
const DATA_KEY = /^[-.\w]+$/;

type Labels = Readonly<Record<string, unknown>>;

interface Workload {
  readonly selector?: { readonly matchLabels?: Labels };
  readonly template?: { readonly metadata?: { readonly labels?: Labels } };
}

/** Of an object that its schema accepts. */
export function nameProblems(manifest: Manifest): string[] {
  const metadata = fieldsOf(manifest.metadata);
  const spec = fieldsOf(manifest['spec']);
  const template = fieldsOf(fieldsOf(spec['template'])['metadata']);
  return [
    ...badName(metadata['name']),
    ...labelProblems('metadata.labels', metadata['labels']),
    ...labelProblems('spec.template.metadata.labels', template['labels']),
    ...dataProblems(manifest),
    ...selectorProblems(manifest),
  ];
}

function badName(name: unknown): string[] {
  if (typeof name !== 'string' || (NAME.test(name) && name.length <= LONGEST_NAME)) return [];
  return [
    `metadata.name "${name}" must be small letters, digits, "-" and ".", at most ${LONGEST_NAME}, and begin and end with a letter or a digit`,
  ];
}

function labelProblems(field: string, labels: unknown): string[] {
  return Object.entries(fieldsOf(labels)).flatMap(([key, value]) => {
    const name = key.split('/').at(-1) ?? '';
    const isRight = [name, String(value)].every((each) => LABEL.test(each) && each.length <= LONGEST_LABEL);
    return isRight && name !== ''
      ? []
      : [
          `${field}: "${key}: ${String(value)}" must be letters, digits, "-", "_" and ".", at most ${LONGEST_LABEL}, and begin and end with a letter or a digit`,
        ];
  });
}

function dataProblems({ kind, data }: Manifest): string[] {
  if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
  return Object.keys(fieldsOf(data))
    .filter((key) => !DATA_KEY.test(key))
    .map((key) => `data: the key "${key}" must be letters, digits, "-", "_" and "."`);
}

/** Of a Deployment: a selector that does not take the pods of its own template. */
function selectorProblems({ kind, spec }: Manifest): string[] {
  if (kind !== 'Deployment') return [];
  const { selector, template } = fieldsOf(spec) as Workload;
  const labels = fieldsOf(template?.metadata?.labels);
  return Object.entries(fieldsOf(selector?.matchLabels))
    .filter(([key, value]) => labels[key] !== value)
    .map(
      ([key, value]) =>
        `spec.selector.matchLabels: the pods of spec.template have no label "${key}: ${String(value)}": give both the same`,
    );
}

function fieldsOf(value: unknown): Labels {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Labels) : {};
}
