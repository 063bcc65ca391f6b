import type { EventContract } from '../../contracts';
import type { FormField } from '../event-form/fields';
import type { Texts } from '../event-form/values';
import { choiceText } from '../event-form/values';
import type { Viewer } from '../server/viewer';
import type { Html, Part } from './html';
import { html } from './html';
import { csrfField } from './layout';
import { facts, note, sagaLink, time } from './parts';

/** Which event is to be made. */
export function chooseType(contracts: readonly EventContract[], chosen?: string): Part {
  if (contracts.length === 0)
    return note('plain', 'The project has no events that a publisher outside of it may send.');
  return html`<form class="filter" method="get" action="/test-event">
    <label>
      Type of event<br />
      <select name="type">
        ${contracts.map(({ type }) =>
          type === chosen
            ? html`<option value="${type}" selected>${type}</option>`
            : html`<option value="${type}">${type}</option>`,
        )}
      </select>
    </label>
    <button class="${chosen !== undefined && 'quiet'}">Make its form</button>
  </form>`;
}

export interface EventForm {
  readonly contract: EventContract;
  readonly fields: readonly FormField[];
  readonly texts: Texts;
  readonly source: string;
  readonly id: string;
  readonly reason: string;
  /** Why what was sent before was refused. */
  readonly refused?: { readonly message: string; readonly path: string | undefined } | undefined;
}

/** The form of one type, with its example or what was entered before. */
export function eventForm(form: EventForm, viewer: Viewer): Part {
  const { contract, fields, texts, source, id, reason, refused } = form;
  if (!viewer.canOperate)
    return note('plain', 'To send an event, sign in with a token that has the scope operate.');
  return html`<form
    class="card event-form"
    method="post"
    action="/test-event"
    data-confirm="Send this event? It is a real one."
  >
    <p>${contract.summary}</p>
    ${note(
      'plain',
      'This is a real event: its processes begin and go on, and their steps call the providers of this deployment.',
    )}
    ${refused && note('bad', refused.message)} ${csrfField(viewer.csrf)}
    <input type="hidden" name="type" value="${contract.type}" />
    <input type="hidden" name="id" value="${id}" />
    ${fields.map((field) => fieldPart(field, texts[field.name] ?? '', refused?.path))}
    <label>
      source<br />
      <input
        name="source"
        value="${source}"
        maxlength="500"
        required
        ${invalidIf(refused?.path === 'source')}
      />
    </label>
    <label>Reason<br /><input name="reason" value="${reason}" maxlength="2000" required /></label>
    <p><button>Send the event</button></p>
  </form>`;
}

function fieldPart(field: FormField, text: string, wrong: string | undefined): Html {
  const { name, required, hints, input } = field;
  const isWrong =
    wrong !== undefined &&
    (wrong === name || /^[.[]/.test(wrong.slice(name.length))) &&
    wrong.startsWith(name);
  return html`<div class="field">
    <label for="${name}">${name}${!required && ' (may be empty)'}</label>
    ${control(name, text, input, isWrong)}
    <p class="quiet-text" id="${name}-hint">${isWrong && html`<mark>${wrong}</mark> `}${hints.join('; ')}</p>
  </div>`;
}

function control(name: string, text: string, input: FormField['input'], isWrong: boolean): Html {
  const shared = html`id="${name}" name="${name}" aria-describedby="${name}-hint" ${invalidIf(isWrong)}`;
  switch (input.kind) {
    case 'json':
      return html`<textarea ${shared} rows="${Math.min(12, text.split('\n').length + 1)}" spellcheck="false">
${text}</textarea>`;
    case 'boolean':
      return options(shared, ['true', 'false'], text);
    case 'choice':
      return options(shared, input.values.map(choiceText), text);
    // Not of the type number: what is entered reaches the contract as it is.
    case 'number':
      return html`<input ${shared} value="${text}" inputmode="decimal" />`;
    case 'text':
      return html`<input ${shared} value="${text}" />`;
  }
}

function options(shared: Html, values: readonly string[], text: string): Html {
  const shown = ['', ...values, ...(text === '' || values.includes(text) ? [] : [text])];
  return html`<select ${shared}>
    ${shown.map((value) =>
      value === text
        ? html`<option value="${value}" selected>${value === '' ? '(empty)' : value}</option>`
        : html`<option value="${value}">${value === '' ? '(empty)' : value}</option>`,
    )}
  </select>`;
}

function invalidIf(isWrong: boolean): Part {
  return isWrong && html`aria-invalid="true"`;
}

/** An event that was sent: what the stream has of it, and where it goes. */
export function sentBody(sent: {
  readonly sequence: number;
  readonly subject: string;
  readonly storedAt: Date;
  readonly type: string;
  readonly workflows: readonly string[];
}): Part {
  const { sequence, subject, storedAt, type, workflows } = sent;
  return [
    note('good', 'The stream has this event.'),
    facts([
      ['event', `${sequence} of EVENTS`],
      ['type', type],
      ['subject', subject],
      ['stored', time(storedAt)],
      [
        'goes to',
        workflows.length === 0
          ? 'no process: no route takes it'
          : workflows.map((id, at) => [at > 0 && ', ', sagaLink(id)]),
      ],
    ]),
    html`<p><a href="/test-event?type=${encodeURIComponent(type)}">Another one of this type</a></p>`,
  ];
}
