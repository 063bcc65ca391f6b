import type { Figure } from './figures';
import type { TemporalInstead } from './temporal-instead';

/** How a part is run. */
export interface PartOptions {
  /** Fewer and shorter rounds. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** The server to measure on. Default: the development server of the local stack */
  readonly temporal: TemporalInstead | undefined;
}

/** One comparison of the suite; it can be run alone. */
export interface Part {
  /** The name for `--only`. */
  readonly name: string;
  readonly about: string;
  /** Set if it also runs on the production server; the other parts measure on a stub, or settings of the development server. */
  readonly onProduction?: true;
  run(options: PartOptions): Promise<Figure[]>;
}
