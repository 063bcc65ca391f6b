/**
 * What a change of a schema means for publishers: `breaking` refuses data that was valid before, `addition` is a new
 * optional field, and `wider` takes more than before, which publishers need not notice.
 */
export interface SchemaChange {
  readonly kind: 'breaking' | 'addition' | 'wider';
  /** `data.lines[].quantity`. */
  readonly path: string;
  readonly what: string;
}
