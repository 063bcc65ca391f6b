// Parses the part of the Dockerfile syntax that our Dockerfile uses, for the check, and to run its steps without Docker. Not
// dockerfile-ast: it accepts every form, but a step that image:try cannot run must be refused, not left out.

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  readonly name: string | undefined;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export interface Copy {
  /** The stage that it copies from; undefined for the build context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

const INSTRUCTION = /^([A-Z]+)\s+(.*)$/;
const STAGE = /^(\S+)(?:\s+AS\s+(\S+))?$/;

/** @throws Error naming a line of an unsupported kind */
export function parseDockerfile(text: string): readonly Stage[] {
  const presets = new Map<string, string>();
  const stages: { name: string | undefined; base: string; instructions: Instruction[] }[] = [];
  for (const { line, text: whole } of logicalLines(text)) {
    const [, name, rest] = INSTRUCTION.exec(whole) ?? [];
    if (name === undefined || rest === undefined)
      throw new Error(`line ${line}: not an instruction: ${whole}`);
    if (name === 'FROM') {
      const [, base, stage] = STAGE.exec(rest) ?? [];
      if (base === undefined) throw new Error(`line ${line}: FROM with options is not known here`);
      stages.push({ name: stage, base: withPresets(base, presets), instructions: [] });
    } else if (name === 'ARG' && stages.length === 0) {
      const [argument = '', preset = ''] = rest.split('=', 2);
      presets.set(argument, preset);
    } else {
      stages.at(-1)?.instructions.push({ name, text: rest });
    }
  }
  return stages;
}

/** Lines without comments; a line that ends with a backslash is joined with the next one. */
function logicalLines(text: string): { line: number; text: string }[] {
  const joined: { line: number; text: string }[] = [];
  let open = false;
  text.split('\n').forEach((raw, index) => {
    if (raw.trim() === '' || raw.trimStart().startsWith('#')) return;
    const continued = raw.endsWith('\\');
    const part = (continued ? raw.slice(0, -1) : raw).trim();
    const last = joined.at(-1);
    if (open && last) last.text += ` ${part}`;
    else joined.push({ line: index + 1, text: part });
    open = continued;
  });
  return joined;
}

function withPresets(text: string, presets: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => presets.get(name) ?? whole);
}

export function copiesOf(stage: Stage): readonly Copy[] {
  return stage.instructions
    .filter(({ name }) => name === 'COPY')
    .map(({ text }) => {
      const words = text.split(/\s+/);
      const paths = words.filter((word) => !word.startsWith('--'));
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
      return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
    });
}

/** Variables that `ENV` sets. */
export function environmentOf(stage: Stage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    stage.instructions
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ text }) => text.split(/\s+/).map((pair) => pair.split('=', 2) as [string, string])),
  );
}

/** The words of an instruction in its JSON form (`ENTRYPOINT`, `CMD`, what `HEALTHCHECK` runs). */
export function wordsOf(stage: Stage, name: string): readonly string[] | undefined {
  const text = stage.instructions.findLast((instruction) => instruction.name === name)?.text;
  const json = text === undefined ? -1 : text.indexOf('[');
  return text === undefined || json < 0 ? undefined : (JSON.parse(text.slice(json)) as string[]);
}

/** Whether `.dockerignore` lets a path through. Ours lists the allowed paths: `*`, then lines with `!name`. */
export function letsThrough(dockerignore: string, path: string): boolean {
  const patterns = dockerignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const odd = patterns.find((pattern, index) =>
    index === 0 ? pattern !== '*' : !/^![^*?/]+$/.test(pattern),
  );
  if (odd !== undefined) throw new Error(`.dockerignore: "${odd}" is no pattern of the kind known here`);
  return patterns.includes(`!${path.replace(/^\.\//, '').split('/')[0] ?? ''}`);
}
