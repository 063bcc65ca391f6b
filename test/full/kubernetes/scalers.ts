import { readFileSync } from 'node:fs';
import type { Manifest } from './broken';

interface ScalerSchema {
  readonly type: string;
  readonly parameters: readonly { readonly name: string; readonly optional?: boolean }[];
}

interface ScaledObjectSpec {
  readonly minReplicaCount?: number;
  readonly triggers: readonly {
    readonly type: string;
    readonly metadata: Readonly<Record<string, string>>;
  }[];
}

/** The scalers of KEDA that Temporal's worker controller makes of its templates. */
export function scalersOfTemplates(manifests: readonly Manifest[]): Manifest[] {
  return manifests.flatMap(({ kind, metadata, ...fields }) => {
    if (kind !== 'WorkerResourceTemplate') return [];
    const { template } = fields['spec'] as {
      template: Pick<Manifest, 'apiVersion' | 'kind'> & { spec: object };
    };
    const spec = { ...template.spec, scaleTargetRef: { name: 'of-a-version' } };
    return [{ ...template, metadata, spec }];
  });
}

/**
 * What KEDA's own list of parameters says against a scaler. The API server takes any text: a parameter that is misspelt would show in
 * the operator's log only.
 */
export function scalerProblems(manifests: readonly Manifest[], schemaFile: string): string[] {
  const { scalers } = JSON.parse(readFileSync(schemaFile, 'utf8')) as { scalers: readonly ScalerSchema[] };
  const scaledObjects = manifests.filter(({ kind }) => kind === 'ScaledObject');
  return scaledObjects.flatMap(({ metadata: { name }, spec }) => {
    const { minReplicaCount = 0, triggers } = spec as ScaledObjectSpec;
    // KEDA's default is 0, too.
    const none =
      minReplicaCount < 1
        ? [
            `${name}: minReplicaCount is ${minReplicaCount}: work that nobody takes waits in silence; make it 1 at least`,
          ]
        : [];
    const unknown = triggers.flatMap((trigger) => {
      const schema = scalers.find(({ type }) => type === trigger.type);
      if (schema === undefined) return [`${name}: KEDA has no scaler "${trigger.type}"`];
      const known = schema.parameters.map((parameter) => parameter.name);
      return Object.keys(trigger.metadata)
        .filter((key) => !known.includes(key))
        .map((key) => `${name}: the scaler "${trigger.type}" has no parameter "${key}"`);
    });
    return [...none, ...unknown];
  });
}
