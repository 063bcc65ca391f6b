import { z } from 'zod';
import type { EventContract } from '../../contracts';
import type { DeadLetterFile, RefusedError } from '../../dead-letters';
import type { Payload } from '../../operator';
import { fieldsOf } from '../../reference/fields';
import type { Viewer } from '../server/viewer';
import { meaningOf } from './reasons';
import type { Html, Part } from './html';
import { html } from './html';
import { jsonLines } from './json';
import { masked } from './mask';
import { csrfField } from './layout';
import { facts, note, sagaLink, short, table, time } from './parts';

/** How the body is shown: without personal data; in clear, for a reason on record; or as somebody has edited it. */
export type Reading =
  | { readonly kind: 'masked' }
  | { readonly kind: 'revealed' }
  | { readonly kind: 'edited'; readonly text: string; readonly refused: RefusedError };

/** Characters that a page has of an event that is not JSON, and of one that is edited in it. */
const MOST_TO_SHOW = 60_000;

/** What a redrive would do at this moment. */
export type Forecast =
  | { readonly kind: 'would-go'; readonly workflows: readonly string[]; readonly route?: string | undefined }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

export interface DeadLetterView {
  readonly file: DeadLetterFile;
  /** What a redrive would send, and the same with its encrypted fields in clear. */
  readonly payload: Payload;
  readonly clear: Payload;
  readonly contract: EventContract | undefined;
  readonly reading: Reading;
  readonly forecast: Forecast | undefined;
  readonly viewer: Viewer;
}

export function deadLetterBody(view: DeadLetterView): Part {
  const { file, forecast, viewer, reading } = view;
  const { deadLetter, past, state } = file;
  const { reason, detail, path, subject, key, route, workflow, event, attempts } = deadLetter;
  const action = (name: string) => `/dead-letters/${deadLetter.sequence}/${name}`;
  return [
    facts([
      ['state', html`<span class="chip">${state}</span>`],
      ['reason', `${reason}: ${meaningOf(reason)}`],
      ['detail', detail],
      ...(path === undefined ? [] : [['path', html`<code>${path}</code>`] as const]),
      ['subject', subject],
      ['key', key],
      ...(route === undefined ? [] : [['route', route] as const]),
      ...(workflow === undefined ? [] : [['workflow', sagaLink(workflow)] as const]),
      ...(event
        ? [['event', [`${event.sequence} of ${event.stream}, stored `, time(event.storedAt)]] as const]
        : []),
      ...(attempts === undefined ? [] : [['attempts', attempts] as const]),
      ['dead-lettered', time(deadLetter.deadLetteredAt)],
    ]),
    past.operations.length > 0 && [
      html`<h2>What was done</h2>`,
      table(
        'What was done with it',
        ['no.', 'at', 'what', 'by', 'why'],
        past.operations.map(({ n, at, kind, by, why }) => [n, time(at), kind, by, why]),
      ),
    ],
    html`<h2>The event</h2>`,
    reading.kind !== 'edited' && shownBody(view, action('reveal')),
    state === 'open' && [
      html`<h2>What a redrive would do</h2>`,
      forecast && forecastNote(forecast),
      viewer.canOperate
        ? [
            reading.kind !== 'masked' && editForm(view, action('edit')),
            html`<div class="actions">
              ${redriveForm(action('redrive'), viewer)} ${discardForm(action('discard'), viewer)}
            </div>`,
          ]
        : note('plain', 'To act on it, sign in with a token that has the scope operate.'),
    ],
    headerTable(deadLetter.headers),
  ];
}

function shownBody(
  { payload, clear, contract, reading, file, viewer }: DeadLetterView,
  action: string,
): Part {
  const { path } = file.deadLetter;
  if (reading.kind === 'revealed') {
    if ('json' in clear) return jsonLines(clear.json, path);
    return html`<pre>${short('text' in clear ? clear.text : `(base64) ${clear.base64}`, MOST_TO_SHOW)}</pre>`;
  }
  const isKnown = 'json' in payload && contract !== undefined;
  return [
    isKnown
      ? jsonLines(masked(payload.json, contract), path)
      : note(
          'plain',
          `${file.message.body.byteLength} bytes that no contract describes: they may have personal data.`,
        ),
    html`<form class="inline" method="post" action="${action}">
      ${csrfField(viewer.csrf)}
      <label>Reason to see all of it<br /><input name="why" maxlength="2000" required /></label>
      <button class="quiet">Reveal${viewer.canOperate && ' and edit'}</button>
      <p class="quiet-text">The reason goes into the audit.</p>
    </form>`,
  ];
}

function forecastNote(forecast: Forecast): Html {
  switch (forecast.kind) {
    case 'would-go': {
      const { workflows, route } = forecast;
      const where =
        workflows.length === 0
          ? 'its subscription'
          : workflows.map((id, at) => [at > 0 && ', ', sagaLink(id)]);
      return note('good', ['It would go to ', where, route !== undefined && ` on the route ${route}`, '.']);
    }
    case 'refused':
      return note('bad', `It would be refused. ${forecast.why}`);
    case 'unknown':
      return note('bad', `Nobody can say: ${forecast.why}`);
  }
}

function redriveForm(action: string, { csrf }: Viewer): Html {
  return html`<form class="card" method="post" action="${action}" data-confirm="Redrive it?">
    <h3>Redrive</h3>
    <p>Sends the event once more, with its own source and id.</p>
    ${csrfField(csrf)}
    <label>Reason (may be empty)<br /><input name="why" maxlength="2000" /></label>
    <label>Another route (may be empty)<br /><input name="route" maxlength="200" /></label>
    <p><button>Redrive</button></p>
  </form>`;
}

function discardForm(action: string, { csrf }: Viewer): Html {
  return html`<form class="card" method="post" action="${action}" data-confirm="Discard it?">
    <h3>Discard</h3>
    <p>Records that nothing is to be done. It stays in its stream.</p>
    ${csrfField(csrf)}
    <label>Reason<br /><input name="why" maxlength="2000" required /></label>
    <p><button class="danger">Discard</button></p>
  </form>`;
}

/** The text to edit keeps encrypted fields as they are. */
function editForm({ payload, contract, reading, file, viewer }: DeadLetterView, action: string): Html {
  const original =
    'json' in payload ? JSON.stringify(payload.json, null, 2) : 'text' in payload ? payload.text : '';
  const { path, subject, sequence } = file.deadLetter;
  if (original.length > MOST_TO_SHOW)
    return note('plain', [
      'It is too large to be edited here: ',
      html`<code>sagaline dead-letters edit ${sequence} --file event.json</code>`,
    ]);
  return html`<form class="card" method="post" action="${action}">
    <h3>Edit</h3>
    <p>What is redriven in its stead. It is checked first, and the dead letter stays as it is.</p>
    ${reading.kind === 'edited' && note('bad', refusalOf(reading.refused))} ${csrfField(viewer.csrf)}
    <label for="body">The event</label>
    <textarea id="body" name="body" rows="20" spellcheck="false" data-original="${original}" required>
${reading.kind === 'edited' ? reading.text : original}</textarea>
    ${path !== undefined && html`<p>Wrong is <code>${path}</code>.</p>`}
    <p class="quiet-text">Changes:</p>
    <pre data-diff aria-live="polite"></pre>
    ${contract && hints(contract)}
    <label
      >Subject, if it is another one (now ${subject})<br /><input name="subject" maxlength="500"
    /></label>
    <label>Reason<br /><input name="why" maxlength="2000" required /></label>
    <p><button>Save the edit</button></p>
  </form>`;
}

function refusalOf({ refusal, message, details: { path } }: RefusedError): string {
  return `${refusal}: ${message}${path === undefined ? '' : ` (${path})`}`;
}

/** What the contract wants of each field. */
function hints({ type, schema }: EventContract): Html {
  const fields = fieldsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return html`<details>
    <summary>What ${type} may have</summary>
    ${table(
      `Fields of ${type}`,
      ['field of data', 'type', 'needed', 'rules'],
      fields.map(({ path, type: kind, required, rules }) => [
        path,
        kind,
        required ? 'yes' : 'no',
        rules.join('; '),
      ]),
    )}
  </details>`;
}

function headerTable(headers: Readonly<Record<string, readonly string[]>>): Part {
  const rows = Object.entries(headers).map(([name, values]) => [name, values.join(', ')]);
  if (rows.length === 0) return '';
  return html`<details>
    <summary>Headers</summary>
    ${table('Headers of the event', ['header', 'value'], rows)}
  </details>`;
}
