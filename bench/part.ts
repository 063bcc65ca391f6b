import type { Figure } from './figures';

/** One comparison of the suite; it can be run alone. */
export interface Part {
  /** The name for `--only`. */
  readonly name: string;
  readonly about: string;
  run(options: { readonly quick: boolean; readonly say: (line: string) => void }): Promise<Figure[]>;
}
