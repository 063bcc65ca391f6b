// Checks of the Dockerfile that hadolint does not have: the files of this folder, the Node version that Sagaline needs, and that
// a user is set.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { satisfies } from 'semver';
import type { Stage } from './dockerfile';
import { copiesOf, letsThrough } from './dockerfile';

export interface ImageSurroundings {
  readonly folder: string;
  readonly dockerignore: string;
  /** `engines.node` of package.json. */
  readonly engines: string;
}

export function checkImage(stages: readonly Stage[], surroundings: ImageSurroundings): readonly string[] {
  return [...stages.flatMap((stage) => checkStage(stage, surroundings)), ...checkUser(stages.at(-1))];
}

function checkStage(stage: Stage, surroundings: ImageSurroundings): string[] {
  const { folder, dockerignore } = surroundings;
  const copied = copiesOf(stage).flatMap(({ from, sources }) => {
    if (from !== undefined) return [];
    return sources.flatMap((source) => {
      if (!existsSync(path.join(folder, source))) return [`COPY ${source}: there is no such file or folder`];
      return letsThrough(dockerignore, source) ? [] : [`COPY ${source}: .dockerignore keeps it out`];
    });
  });
  return [...checkBase(stage.base, surroundings), ...copied, ...checkImports(stage, folder)];
}

/** A script that the image runs would end at an import of a file that was not copied. */
function checkImports(stage: Stage, folder: string): string[] {
  const copied = copiesOf(stage).flatMap(({ from, sources }) => (from === undefined ? sources : []));
  const isCopied = (file: string) =>
    copied.some((source) => file === path.normalize(source) || file.startsWith(`${path.normalize(source)}/`));
  return copied
    .filter((source) => source.endsWith('.mjs') && existsSync(path.join(folder, source)))
    .flatMap((source) =>
      importsOf(path.join(folder, source))
        .map((imported) => path.join(path.dirname(source), imported))
        .filter((file) => !isCopied(file))
        .map((file) => `COPY ${source}: it imports ${file}, which is not copied`),
    );
}

function importsOf(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'";]*['"](\.[^'"]+)['"]/gm);
  return [...found].map(([, imported = '']) => imported);
}

function checkBase(base: string, { engines }: ImageSurroundings): string[] {
  const [, version, variant = ''] =
    /^node:(\d+(?:\.\d+)*)(-[\w-]+)?(?:@sha256:[0-9a-f]{64})?$/.exec(base) ?? [];
  if (version?.split('.').length !== 3) return [`FROM ${base}: names no version of Node to the last number`];
  return [
    ...(satisfies(version, engines) ? [] : [`FROM ${base}: package.json wants Node ${engines}`]),
    ...(variant.includes('alpine') ? [`FROM ${base}: Temporal's native core needs glibc`] : []),
  ];
}

/** Without a user the image runs as root. */
function checkUser(last: Stage | undefined): string[] {
  return last?.instructions.some(({ name }) => name === 'USER') === true
    ? []
    : ['USER: the roles must not run as root'];
}
