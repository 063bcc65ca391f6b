import path from 'node:path';
import { bundleForTests } from 'sagaline/testing';

/** Once for all test files. */
export default () => bundleForTests({ rooms: path.resolve(__dirname, '../workflows/rooms') });
