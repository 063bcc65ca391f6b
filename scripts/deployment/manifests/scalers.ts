// What KEDA says of a scaler only in its operator's log: an API server takes any text as a parameter.
import { closestTo } from './closest';
import type { Scalers } from './recorded';
import type { Manifest } from './render';

interface Trigger {
  readonly type?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface ScaledObjectSpec {
  readonly minReplicaCount?: number;
  readonly triggers?: readonly Trigger[];
}

/** The scalers that Temporal's worker controller makes of its templates, one for each version. */
export function scalersOfTemplate({ kind, metadata, spec }: Manifest): Manifest[] {
  if (kind !== 'WorkerResourceTemplate') return [];
  const { template } = (spec ?? {}) as Partial<Template>;
  if (template === undefined) return [];
  return [{ ...template, metadata, spec: { ...template.spec, scaleTargetRef: { name: 'of-a-version' } } }];
}

interface Template {
  readonly template: Pick<Manifest, 'apiVersion' | 'kind'> & { readonly spec?: object };
}

/**
 * Of an object that its schema accepts.
 *
 * @param scalers the parameters that KEDA knows
 */
export function scalerProblems({ kind, spec }: Manifest, scalers: Scalers): string[] {
  if (kind !== 'ScaledObject') return [];
  const { minReplicaCount = 0, triggers } = (spec ?? {}) as ScaledObjectSpec;
  return [
    // KEDA's default is 0, too.
    ...(minReplicaCount < 1
      ? [
          `spec.minReplicaCount is ${minReplicaCount}: work that no process takes waits in silence; set 1 or more`,
        ]
      : []),
    ...(triggers ?? []).flatMap((trigger, index) =>
      triggerProblems(trigger, scalers).map((problem) => `spec.triggers[${index}].${problem}`),
    ),
  ];
}

function triggerProblems({ type = '', metadata = {} }: Trigger, scalers: Scalers): string[] {
  const known = scalers[type];
  if (known === undefined)
    return [`type: KEDA has no scaler "${type}"${adviceFor(type, Object.keys(scalers))}`];
  return Object.keys(metadata)
    .filter((name) => !known.includes(name))
    .map((name) => `metadata.${name} is not a parameter of the scaler "${type}"${adviceFor(name, known)}`);
}

function adviceFor(name: string, known: readonly string[]): string {
  const meant = closestTo(name, known);
  return `: ${meant === undefined ? 'correct it' : `did you mean "${meant}"?`}`;
}
