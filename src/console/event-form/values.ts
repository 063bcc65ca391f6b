/** What a form for an event has sent, as the data of the event. */
import { errorMessage } from '../../contracts';
import { OperatorError } from '../../operator';
import type { FormField } from './fields';

/** The texts of a form, by the names of its fields. */
export type Texts = Readonly<Record<string, string>>;

const NONE = Symbol('not given');

/** How a value is entered in its field. */
export function textOf(field: FormField, value: unknown): string {
  if (value === undefined) return '';
  const { kind } = field.input;
  if (kind === 'json') return JSON.stringify(value, null, 2);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Makes the data that a form describes. What does not fit its field stays as it was entered: the contract says what is wrong
 * with it.
 *
 * @throws OperatorError `invalid-event` with the `path` of a text that is no JSON
 */
export function dataIn(fields: readonly FormField[], texts: Texts): unknown {
  let data: unknown = {};
  for (const field of fields) {
    const value = valueOf(field, texts[field.name] ?? '');
    if (value === NONE) continue;
    data = put(data, field.path, value);
  }
  return data;
}

/** An optional field that is empty was not given. */
function valueOf({ name, input, required }: FormField, text: string): unknown {
  if (text === '') return required && input.kind === 'text' ? '' : NONE;
  switch (input.kind) {
    case 'text':
      return text;
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'choice':
      return input.values.find((value) => choiceText(value) === text) ?? text;
    case 'json':
      return parsed(name, text);
  }
}

/** A choice as a text of the form. */
export function choiceText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OperatorError('invalid-event', `${path}: no JSON: ${errorMessage(error)}`, 'refused', { path });
  }
}

/** A copy of the data with a value at a path, which is made where it is missing. */
function put(data: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const object = (data ?? {}) as Record<string, unknown>;
  return { ...object, [name]: put(object[name], rest, value) };
}
