import type { JsonSchema } from './data-schema';
import type { DescribedEvent } from './described';
import { envelopeSchema, structuredSchema } from './envelope';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const ENVELOPE = 'cloudevent.json';

export const dataFile = ({ type }: Pick<DescribedEvent, 'type'>) => `${type}.data.json`;
export const structuredFile = ({ type }: Pick<DescribedEvent, 'type'>) => `${type}.cloudevent.json`;

/**
 * JSON Schemas (draft 2020-12) by file name. Each has its name as `$id`, so that references find the file beside it.
 */
export function jsonSchemas(events: readonly DescribedEvent[]): Readonly<Record<string, JsonSchema>> {
  const withId = (id: string, schema: JsonSchema) => [id, { $schema: DIALECT, $id: id, ...schema }] as const;
  return Object.fromEntries([
    withId(ENVELOPE, envelopeSchema()),
    ...events.flatMap((event) => [
      withId(dataFile(event), { title: event.type, ...event.schema }),
      withId(structuredFile(event), {
        title: `${event.type} as a CloudEvent`,
        ...structuredSchema(event, { envelope: ENVELOPE, data: dataFile(event) }),
      }),
    ]),
  ]);
}
