// Reads docker-compose.yml, with its anchors merged and its variables at their defaults, or for those that it demands at samples.
// Linters check its form.
import { createHash } from 'node:crypto';
import { parse, YAMLSeq } from 'yaml';

/** The fields that the checks read. */
export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

export interface Service {
  readonly image?: string;
  readonly command?: string | readonly string[];
  readonly environment?: Readonly<Record<string, string | number | boolean | null>> | readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>> | readonly string[];
  readonly healthcheck?: {
    readonly test?: unknown;
    readonly disable?: boolean;
    readonly interval?: string;
    readonly start_interval?: string;
  };
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly profiles?: readonly string[];
  readonly ports?: readonly unknown[];
  readonly volumes?: readonly (
    string | { readonly type: string; readonly source?: string; readonly target?: string }
  )[];
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources?: { readonly limits?: { readonly cpus?: string; readonly memory?: string } };
  };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
}

/** `$$`, `${NAME:-default}`, `${NAME-default}` (which may be empty), `${NAME:?message}`, and every other `$`. */
const VARIABLE = /\$\$|\$\{(\w+)(?::(?=[-?])|(?=-))(-|\?)([^{}]*)\}|\$[\w{]*/g;
/** Settings that must not have a default: readers of this repository would know it. */
const SECRET = /PASSWORD|SECRET|API_KEY/;

/** Names that a developer's shell has for its own programs: they would change a deployment without a word. */
const SHELLS: ReadonlySet<string> = new Set(['NODE_ENV']);

/** Compose's own tag: nothing of the file below stays. */
const RESET = { tag: '!reset', collection: 'seq' as const, resolve: () => new YAMLSeq() };

/** @param given values of variables; one that is demanded and not given gets a sample */
export function readCompose(text: string, given: Readonly<Record<string, string>> = {}): Compose {
  const filled = text.replace(VARIABLE, (whole, name?: string, kind?: string, value?: string) => {
    if (whole === '$$') return '$';
    if (name === undefined) return whole;
    return given[name] ?? (kind === '?' ? sampleOf(name) : (value ?? whole));
  });
  return parse(filled, { merge: true, customTags: [RESET] }) as Compose;
}

/** A value that production accepts. */
function sampleOf(name: string): string {
  if (name.endsWith('_URL')) return 'https://provider.example.com/v1';
  return createHash('sha256').update(name).digest('hex');
}

/** Variables that Docker Compose would replace by an empty text or by the shell's own, and secrets with a default. */
export function unsafeVariables(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([whole, name, kind]) => {
    if (whole === '$$') return [];
    if (name === undefined) return [`"${whole}" is none of \${NAME:-default}, \${NAME:?message} and "$$"`];
    if (SHELLS.has(name)) return [`"${whole}" is what the caller’s shell has for another purpose`];
    return kind === '-' && SECRET.test(name) ? [`"${whole}" is a secret with a default`] : [];
  });
}
