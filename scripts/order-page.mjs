// `node --import tsx scripts/order-page.mjs` makes the generated parts of docs/order.md from the table of transitions.
import { readFileSync, writeFileSync } from 'node:fs';
import { withGeneratedParts } from './order-page/render.ts';

const page = new URL('../docs/order.md', import.meta.url);
writeFileSync(page, withGeneratedParts(readFileSync(page, 'utf8')));
