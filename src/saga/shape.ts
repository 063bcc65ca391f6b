/**
 * The shape that JSON must have: a light check for workflows, which cannot afford a contract's zod schema (adr 27). It
 * is typed by the value that it describes, so that a changed contract is a compiler error here.
 *
 * @example `const shape: Shape<{ orderId: string; note?: string; lines: { quantity: number }[] }> =
 *   { orderId: 'key', 'note?': 'text', lines: [{ quantity: 'count' }] }`
 */
export type Shape<Value> =
  | ((value: unknown) => boolean)
  | ([Value] extends [string]
      ? /** `line`: not blank. `key`: the correlation key of the workflow itself. `time`: in the format of RFC 3339. */
        'text' | 'line' | 'key' | 'time'
      : [Value] extends [number]
        ? /** `count`: an integer, 0 or more. */
          'number' | 'count'
        : [Value] extends [boolean]
          ? 'boolean'
          : [Value] extends [readonly (infer Element)[]]
            ? readonly [Shape<Element>]
            : ObjectShape<Value>);

/** The name of an optional field ends with `?`. */
export type ObjectShape<Value> = {
  readonly [Name in keyof Value as undefined extends Value[Name] ? `${Name & string}?` : Name]-?: Shape<
    Exclude<Value[Name], undefined>
  >;
};

type AnyShape =
  string | ((value: unknown) => boolean) | readonly [AnyShape] | { readonly [name: string]: AnyShape };

const TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Whether a value has a shape.
 *
 * @param key the value that `'key'` requires
 *
 * @example
 * fits<{ deviceId: string }>({ deviceId: 'dev-1' }, { deviceId: 'key' }, 'dev-1'); // true
 */
export function fits<Value>(value: unknown, shape: Shape<Value>, key: string): value is Value {
  return fitsAny(value, shape, key);
}

function fitsAny(value: unknown, shape: AnyShape, key: string): boolean {
  if (typeof shape === 'function') return shape(value);
  switch (shape) {
    case 'text':
      return typeof value === 'string';
    case 'line':
      return typeof value === 'string' && value.trim() !== '';
    case 'key':
      return value === key;
    case 'time':
      return typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
    case 'number':
      return typeof value === 'number';
    case 'count':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'boolean':
      return typeof value === 'boolean';
  }
  if (isList(shape)) return Array.isArray(value) && value.every((each) => fitsAny(each, shape[0], key));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(shape).every(([name, inner]) => {
    const isOptional = name.endsWith('?');
    const field = (value as Readonly<Record<string, unknown>>)[isOptional ? name.slice(0, -1) : name];
    return (isOptional && field === undefined) || fitsAny(field, inner, key);
  });
}

function isList(shape: AnyShape): shape is readonly [AnyShape] {
  return Array.isArray(shape);
}
