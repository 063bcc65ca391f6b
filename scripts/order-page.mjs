// `node --import tsx scripts/order-page.mjs` regenerates the parts of docs/order.md that come from the table of transitions.
import { readFileSync, writeFileSync } from 'node:fs';
import { withGeneratedParts } from './order-page/render.ts';

const page = new URL('../docs/order.md', import.meta.url);
writeFileSync(page, withGeneratedParts(readFileSync(page, 'utf8')));
