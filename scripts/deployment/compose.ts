// Reads docker-compose.yml, with its anchors merged and its variables at their defaults. Linters check its form.
import { parse } from 'yaml';

/** The fields that the checks read. */
export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

export interface Service {
  readonly image?: string;
  readonly command?: string | readonly string[];
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

/** `$$`, `${NAME:-default}`, and every other `$`: the file must work without an `.env`. */
const VARIABLE = /\$\$|\$\{\w+:-([^{}]*)\}|\$[\w{]*/g;

export function readCompose(text: string): Compose {
  const preset = text.replace(VARIABLE, (whole, value: string | undefined) =>
    whole === '$$' ? '$' : (value ?? whole),
  );
  return parse(preset, { merge: true }) as Compose;
}

/** Variables without a default, which Docker Compose would replace by an empty text. */
export function unsetVariables(text: string): string[] {
  return [...text.matchAll(VARIABLE)]
    .filter(([whole, value]) => whole !== '$$' && value === undefined)
    .map(([whole]) => `"${whole}" is neither \${NAME:-default} nor "$$"`);
}
