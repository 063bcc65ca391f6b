/** Kinds of values that several settings have. */
import { z } from 'zod';

const DAY = 24 * 60 * 60 * 1_000;

export const portNumber = z.coerce.number().int().min(1).max(65_535);
export const port = (preset: number) => portNumber.default(preset);
/**
 * A setting for a time in milliseconds.
 *
 * @param preset the default
 * @param max the largest value; default: a day
 *
 * @example
 * z.object({ ALERT_ACKNOWLEDGE_WITHIN_MS: milliseconds(30_000) });
 */
export const milliseconds = (preset: number, max = DAY) =>
  z.coerce.number().int().min(1).max(max).default(preset);
export const days = (preset: number) => z.coerce.number().int().min(1).max(3_650).default(preset);
export const url = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be an address such as ${example}` });
/** A cluster is several addresses, with commas between them. */
export const urls = (protocol: RegExp, example: string) => {
  const one = z.url({ protocol });
  const message = `must be an address such as ${example}`;
  return z
    .string()
    .refine((text) => text.split(',').every((address) => one.safeParse(address).success), message);
};
export const file = z.string().min(1).optional();
export const httpUrl = url(/^https?$/, 'https://api.example.com/v1');
