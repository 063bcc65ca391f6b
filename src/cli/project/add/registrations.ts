import type { Place } from './edit';
import type { Registration } from './plan';

/** Adds an import to a file. `name` may be `type Name`. */
export const addImport = (file: string, name: string, from: string): Registration => ({
  file,
  edit: { kind: 'import', name, from },
});

/** Adds `import * as name` to a file. */
export const addImportOfAll = (file: string, name: string, from: string): Registration => ({
  file,
  edit: { kind: 'import', name, from, all: true },
});

/** Adds an entry to an object or a list of a file. @param text default: the name, as a shorthand property */
export const addEntry = (file: string, place: Place, name: string, text: string = name): Registration => ({
  file,
  edit: { kind: 'entry', place, name, text },
});

/** Adds lines to the end of a file. */
export const addLines = (file: string, text: string): Registration => ({
  file,
  edit: { kind: 'append', text },
});
