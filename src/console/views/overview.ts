import type { Catalogue, WorkflowDefinition } from '../../contracts';
import type { Light, LightLevel, SystemSnapshot } from '../../observability';
import { firingAlerts, lightsOf } from '../../observability';
import { freshly, latestOf } from './freshness';
import type { Html, Part } from './html';
import { html } from './html';
import { systemMap } from './map';
import { note, time } from './parts';
import { bytes, duration, percent, rate } from './units';

/** What the page shows and refreshes by itself. */
export function overviewBody(
  declared: Pick<Catalogue, 'routes'> & { readonly processes: readonly WorkflowDefinition[] },
  snapshot: SystemSnapshot,
): Part {
  return [
    html`<h2>Alerts</h2>`,
    alerts(snapshot),
    pauses(snapshot),
    html`<h2>Lights</h2>`,
    html`<ul class="lights">
      ${lightsOf(snapshot).map(lightItem)}
    </ul>`,
    html`<h2>Load</h2>`,
    strip(snapshot),
    html`<h2>Map</h2>`,
    systemMap(declared, snapshot),
  ];
}

/** The alerts that fire, with their runbooks: those that page first. */
function alerts(snapshot: SystemSnapshot): Part {
  const firing = firingAlerts(snapshot);
  if (firing.length === 0) return note('good', 'No alert fires.');
  return html`<ul class="alerts">
    ${firing.map(
      ({ alert, findings }) =>
        html`<li class="note ${alert.severity === 'page' ? 'bad' : 'plain'}">
          <strong>${alert.severity}: ${alert.summary}</strong> ·
          <a href="/runbooks#${alert.runbook}">runbook of ${alert.name}</a>
          <ul>
            ${findings.slice(0, MOST_FINDINGS).map((finding) => html`<li>${finding}</li>`)}
            ${findings.length > MOST_FINDINGS && html`<li>and ${findings.length - MOST_FINDINGS} more</li>`}
          </ul>
        </li>`,
    )}
  </ul>`;
}
/** What waits because somebody wants it to. */
function pauses(snapshot: SystemSnapshot): Part {
  return (latestOf(snapshot.pauses) ?? []).map(({ kind, name, by, until, why }) =>
    note(
      'plain',
      html`<a href="/switches">${kind} ${name}</a> is paused by ${by} until ${time(until)}: ${why}`,
    ),
  );
}

/** Lines of one alert: 64 partitions may wait at once. */
const MOST_FINDINGS = 5;

const PAGES: Readonly<Record<Light['kind'], string>> = {
  stream: '/streams',
  consumers: '/streams',
  pool: '/',
  sagas: '/struggling',
  steps: '/struggling',
  'dead letters': '/dead-letters',
  outbox: '/',
};
const WORDS: Readonly<Record<LightLevel, string>> = {
  good: 'well',
  ticket: 'needs work',
  page: 'broken',
  unknown: 'unknown',
};

function lightItem({ name, kind, level, findings }: Light): Html {
  const title = name === kind ? name : `${kind} ${name}`;
  return html`<li class="light ${level}">
    <a href="${PAGES[kind]}">${title}</a>
    <strong>${WORDS[level]}</strong>
    ${findings.length > 0 && level !== 'unknown' && html`<span>${findings[0]}</span>`}
  </li>`;
}

/** How much there is of everything, and how full the streams are. */
function strip(snapshot: SystemSnapshot): Part {
  const sagas = latestOf(snapshot.sagas);
  const waiting = (sagas?.states ?? []).filter(({ waitsForPerson }) => waitsForPerson);
  const struggling = latestOf(snapshot.struggles)?.groups ?? [];
  const deadLetters = latestOf(snapshot.deadLetters);
  const rows = latestOf(snapshot.outbox)?.lanes.reduce((all, lane) => all + lane.waiting, 0);
  const tile = (name: string, value: number | undefined, more = '') =>
    html`<li><span>${name}</span> <strong>${value ?? '?'}</strong> <span>${more}</span></li>`;
  const sum = (counted: readonly { readonly count: number }[]) =>
    counted.reduce((all, { count }) => all + count, 0);
  return [
    html`<ul class="tiles">
      ${tile('open sagas', sagas?.open)}
      ${tile('ask a person', sagas && sum(waiting), sagas?.more === true ? 'not all states are counted' : '')}
      ${tile('failing steps', latestOf(snapshot.struggles) && sum(struggling))}
      ${tile('open dead letters', deadLetters?.open, deadLetters?.building === true ? 'still counting' : '')}
      ${tile('rows in the outbox', rows)}
    </ul>`,
    freshly(
      'Streams',
      snapshot.streams,
      (streams) =>
        html`<ul class="tiles">
          ${streams.map(
            ({ stream, share, bytes: used, maxBytes, storedPerSecond }) =>
              html`<li>
                <span>${stream}</span>
                <meter value="${share}" max="1" high="0.8" aria-label="${stream}">${percent(share)}</meter>
                <strong>${maxBytes > 0 && percent(share)}</strong>
                <span>${bytes(used)} ${rate(storedPerSecond)}</span>
              </li>`,
          )}
        </ul>`,
    ),
    freshly(
      'Consumers',
      snapshot.partitions,
      (groups) =>
        html`<ul class="tiles">
          ${groups.map(
            ({ group, lag, oldestSeconds, settledPerSecond }) =>
              html`<li>
                <span>${group}</span> <strong>${lag} wait</strong>
                <span>${lag > 0 && `oldest ${duration(oldestSeconds)}`} ${rate(settledPerSecond)}</span>
              </li>`,
          )}
        </ul>`,
    ),
  ];
}
