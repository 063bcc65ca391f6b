// `node --conditions=sagaline-source --import tsx scripts/access-page.mjs` makes docs/reference/access.md anew.
import { writeFileSync } from 'node:fs';
import { shop } from '../domains/shop/index.ts';
import { accessPage } from './access-page/render.ts';

writeFileSync(new URL('../docs/reference/access.md', import.meta.url), accessPage([shop]));
