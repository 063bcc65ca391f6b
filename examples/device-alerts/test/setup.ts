import path from 'node:path';
import { bundleForTests } from 'sagaline/testing';

/** Bundles the workflows once, for all test files. */
export default (): Promise<void> => bundleForTests({ devices: path.resolve(__dirname, '../workflows') });
