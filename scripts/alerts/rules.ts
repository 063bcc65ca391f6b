import type { Alert } from '../../src/observability';
import { ALERTS } from '../../src/observability';

const DOCS = 'docs/runbooks.md';

/** deploy/observability/alerts.yml. Texts are in JSON's form, which is YAML too. */
export function alertRules(): string {
  return `# Made by scripts/alerts.mjs: change src/observability/alerts.ts, not this file.
groups:
  - name: sagaline
    interval: 10s
    rules:
${ALERTS.map(rule).join('')}`;
}

function rule({ name, severity, summary, runbook, expression, for: time }: Alert): string {
  return `      - alert: ${name}
        expr: ${JSON.stringify(expression)}
        for: ${time}
        labels:
          severity: ${severity}
        annotations:
          summary: ${JSON.stringify(summary)}
          runbook: ${DOCS}#${runbook}
`;
}
