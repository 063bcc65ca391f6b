/**
 * What a change of a schema means for those who publish: `breaking` refuses what was fine before, `addition` is a new optional field,
 * `wider` takes more than before, which publishers need not notice.
 */
export interface SchemaChange {
  readonly kind: 'breaking' | 'addition' | 'wider';
  /** `data.lines[].quantity`. */
  readonly path: string;
  readonly what: string;
}
