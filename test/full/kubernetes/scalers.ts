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

/**
 * What KEDA's own list of parameters says against a scaler. The API server takes any text: a parameter that is misspelt would show in
 * the operator's log only.
 */
export function scalerProblems(manifests: readonly Manifest[], schemaFile: string): string[] {
  const { scalers } = JSON.parse(readFileSync(schemaFile, 'utf8')) as { scalers: readonly ScalerSchema[] };
  return manifests
    .filter(({ kind }) => kind === 'ScaledObject')
    .flatMap(({ metadata: { name }, spec }) => {
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
