import path from 'node:path';

/** The condition of the package's exports that leads to its sources. */
export const SOURCES = 'sagaline-source';

/**
 * In its own repository the engine runs from its sources. As an installed package it runs from JavaScript, although the package
 * has the sources too.
 */
export const runsFromSources = path.extname(__filename) === '.ts';
