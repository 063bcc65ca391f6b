import path from 'node:path';

/** The condition of the package's exports that leads to its sources. */
export const SOURCES = 'sagaline-source';

/** In its own repository the engine runs from its sources; as an installed package, from JavaScript, though they lie beside it. */
export const runsFromSources = path.extname(__filename) === '.ts';
