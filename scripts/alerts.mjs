// `node --conditions=sagaline-source --import tsx scripts/alerts.mjs` makes the alert rules and the dashboard of deploy/observability anew.
import { writeFileSync } from 'node:fs';
import { dashboard } from './alerts/dashboard.ts';
import { alertRules } from './alerts/rules.ts';

const folder = new URL('../deploy/observability/', import.meta.url);
writeFileSync(new URL('alerts.yml', folder), alertRules());
writeFileSync(new URL('dashboard.json', folder), dashboard());
