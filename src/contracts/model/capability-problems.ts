import type { StepDeclaration } from './capability';

/** Step names are names of activities, and parts of step keys, `<key>:<step>:<number>`. */
const STEP_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const MEMBERS: readonly string[] = [
  'summary',
  'undoneBy',
  'after',
  'calls',
  'local',
  'refuses',
] satisfies (keyof StepDeclaration)[];

/** Everything that is wrong with a capability, each line with its remedy. The types refuse most of it too. */
export function capabilityProblems(given: {
  readonly name: unknown;
  readonly steps: unknown;
  readonly taskQueue: unknown;
}): string[] {
  const { name, steps, taskQueue } = given;
  if (!isText(name)) return [`a capability has the name ${shown(name)}; give it a text that is not empty`];
  const at = `capability "${name}"`;
  if (!isObject(steps) || Object.keys(steps).length === 0)
    return [`${at}: its steps must be an object with at least one step, { openTicket: { summary: … } }`];
  const queue = isText(taskQueue)
    ? []
    : [`its task queue is ${shown(taskQueue)}; give it a text, or leave it out`];
  const shapes = Object.entries(steps).flatMap(([step, declared]) => stepProblems(step, declared));
  // The second check reads what the first one has found to be there.
  const problems =
    shapes.length > 0 ? shapes : contradictions(steps as Readonly<Record<string, StepDeclaration>>);
  return [...queue, ...problems].map((problem) => `${at}: ${problem}`);
}

function stepProblems(step: string, declared: unknown): string[] {
  if (!STEP_NAME.test(step))
    return [`"${step}" is no name for a step; use letters, digits and "_", and begin with a letter`];
  if (!isObject(declared))
    return [`"${step}" is ${shown(declared)}; declare it as an object, { summary: … }`];
  const { summary, undoneBy, after, calls, local, refuses } = declared;
  const wrong = (problem: string | false) => (problem === false ? [] : [`"${step}": ${problem}`]);
  return [
    ...wrong(typeof summary !== 'function' && 'its `summary` must be a function that returns a text'),
    ...wrong(
      undoneBy !== undefined &&
        typeof undoneBy !== 'string' &&
        '`undoneBy` must be the name of another step of the capability',
    ),
    ...wrong(after !== undefined && after !== 'pivot' && '`after` can only be "pivot"; correct or drop it'),
    ...wrong(
      calls !== undefined && calls !== 'provider' && '`calls` can only be "provider"; correct or drop it',
    ),
    ...wrong(local !== undefined && local !== true && '`local` can only be true; correct or drop it'),
    ...wrong(
      local === true &&
        calls === undefined &&
        'only a step that calls a provider needs `local`; drop it, or add `calls: "provider"`',
    ),
    ...wrong(
      refuses !== undefined &&
        !(Array.isArray(refuses) && refuses.every(isText)) &&
        '`refuses` must be a list of refusal types',
    ),
    ...Object.keys(declared)
      .filter((member) => !MEMBERS.includes(member))
      .flatMap((member) => wrong(`\`${member}\` is no part of a step (${MEMBERS.join(', ')}); drop it`)),
  ];
}

function contradictions(steps: Readonly<Record<string, StepDeclaration>>): string[] {
  const compensated = new Map<string, string>();
  return Object.entries(steps).flatMap(([name, { undoneBy, after }]) => {
    if (undoneBy === undefined) return [];
    const problems: string[] = [];
    const other = compensated.get(undoneBy);
    compensated.set(undoneBy, name);
    if (undoneBy === name) problems.push(`"${name}" is compensated by itself; name another step`);
    else if (!Object.hasOwn(steps, undoneBy))
      problems.push(
        `"${name}" is compensated by "${undoneBy}", which it does not declare; declare it, or name one of its steps`,
      );
    else if (steps[undoneBy]?.undoneBy !== undefined)
      problems.push(
        `"${undoneBy}" compensates "${name}", and is itself compensated by "${steps[undoneBy].undoneBy}"; a compensation has none`,
      );
    else if (steps[undoneBy]?.after === 'pivot')
      problems.push(
        `"${undoneBy}" compensates "${name}", and is behind the pivot, where nothing is compensated; drop its \`after\``,
      );
    if (other !== undefined)
      problems.push(
        `"${undoneBy}" compensates "${other}" and "${name}"; a repair could not tell them apart: give each its own`,
      );
    if (after === 'pivot')
      problems.push(
        `"${name}" is behind the pivot, where nothing is compensated; drop \`undoneBy\` or \`after\``,
      );
    return problems;
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === '' ? 'empty' : value === null ? 'null' : typeof value;
}
