import { z } from 'zod';
import type { ConfigNeeds } from './config';
import type { Environment } from './environment';
import { settingsFrom } from './given';
import { readConfig } from './read';

/** Reads the settings that a domain, or a process of the local stack, declares. */
export function readSettings<Shape extends z.ZodRawShape>(
  { settings }: { readonly settings?: z.ZodObject<Shape> | undefined },
  { given, presets }: { readonly given: Environment } & Pick<ConfigNeeds, 'presets'>,
): z.infer<z.ZodObject<Shape>> {
  const shapes = settings ? { own: settings } : {};
  const { own = {} } = readConfig(given, { providers: [], settings: shapes, presets }).ofDomains;
  return own as z.infer<z.ZodObject<Shape>>;
}

/**
 * The settings of a domain as far as they are given and valid, for commands that run nothing: the others are absent.
 */
export function givenSettings(
  { settings: shape }: { readonly settings?: z.ZodObject | undefined },
  { given, presets }: { readonly given: Environment } & Pick<ConfigNeeds, 'presets'>,
): Readonly<Record<string, unknown>> {
  const { settings } = settingsFrom(given, { providers: [], presets, settings: shape ? { shape } : {} }, []);
  return Object.fromEntries(
    Object.entries(shape?.shape ?? {}).flatMap(([name, of]) => {
      const reading: z.ZodSafeParseResult<unknown> = z.safeParse(of, settings[name]);
      return reading.success ? [[name, reading.data]] : [];
    }),
  );
}
