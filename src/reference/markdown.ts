import { CORRELATION_KEY_RULE, visible } from '../contracts';
import { keyInWords } from './asyncapi';
import { compareText } from './described';
import type { DescribedEvent } from './described';
import { exampleOf } from './envelope';
import { fieldsOf } from './fields';
import { dataFile, structuredFile } from './json-schemas';
import { originInWords, publisherInWords, waysIn } from './origins';

/** The first line of each page of the reference. */
export const NOTE = '<!-- Made by `sagaline events docs`: change the contracts, not this file. -->';

/** The pages of the event reference by file name: an index, and a page for each context. */
export function markdownPages(
  events: readonly DescribedEvent[],
  title: string,
): Readonly<Record<string, string>> {
  const contexts = [...new Set(events.map(({ context }) => context))].sort(compareText);
  const pages = contexts.map(
    (context) =>
      [
        `${context}.md`,
        pageOf(
          context,
          events.filter((event) => event.context === context),
        ),
      ] as const,
  );
  return { 'README.md': index(events, title), ...Object.fromEntries(pages) };
}

function index(events: readonly DescribedEvent[], title: string): string {
  const ways = waysIn(events);
  const rows = events.map((event) => [
    `[${event.name}](${event.context}.md#${anchorOf(event)})`,
    publisherInWords(event),
    firstSentence(event.contract.summary),
  ]);
  return lines(
    NOTE,
    `# ${title}`,
    `${events.length} events. Each is a CloudEvent 1.0 with JSON data; [asyncapi.json](asyncapi.json) describes all of them for tools, ` +
      '[schemas](schemas) has a JSON Schema for the data of each and for the whole event in structured mode.',
    `A key is ${CORRELATION_KEY_RULE}. Texts have no NUL character and no half of a surrogate pair. "Checked by code" is a rule that no ` +
      'JSON Schema expresses.',
    table(['event', 'published by', 'when'], rows),
    '## Ways in',
    'Which way takes which event, by its origin. A refused event is answered with 403 `forbidden-origin`; in the stream it becomes a dead letter.',
    table(ways.headings, ways.rows),
  );
}

function pageOf(context: string, events: readonly DescribedEvent[]): string {
  return lines(NOTE, `# Events of ${context}`, ...events.map(sectionOf));
}

function sectionOf(event: DescribedEvent): string {
  const { contract, routes, subscriptions, endpoints, upcastFrom, upcastTo, unknownFields } = event;
  const whole = typeof event.schema['description'] === 'string' ? event.schema['description'] : undefined;
  const fields = fieldsOf(event.schema).map((field) => {
    const rules = [...field.rules, field.description].filter(Boolean).join('. ');
    const type = `${field.type}${field.required ? '' : ', optional'}`;
    return `\`${field.path}\`: ${type}${rules === '' ? '' : `. ${oneLine(rules)}`}`;
  });
  return lines(
    `## ${event.name}`,
    contract.summary,
    list([
      `type: \`${event.type}\`, about: ${contract.entity}`,
      `origin: ${originInWords(event)}`,
      `subject: \`${event.subject}\`; the key is ${keyInWords(event)}`,
      ...routes,
      ...subscriptions.map((name) => `subscription \`${name}\``),
      ...endpoints.map((path) => `request–reply endpoint: \`POST ${path}\``),
      ...(upcastFrom === undefined ? [] : [`\`${upcastFrom}\` is taken too, and upcast to this version`]),
      ...(upcastTo === undefined ? [] : [`superseded: it is upcast to \`${upcastTo}\``]),
      unknownFields === 'refused' ? 'unknown fields are refused' : 'unknown fields are left out, and counted',
      `schemas: [data](schemas/${dataFile(event)}), [CloudEvent](schemas/${structuredFile(event)})`,
    ]),
    ...(whole === undefined ? [] : [whole]),
    'Fields of `data`:',
    list(fields),
    `\`\`\`json\n${JSON.stringify(exampleOf(event), null, 2)}\n\`\`\``,
  );
}

/** The anchor that GitHub makes of a heading. */
function anchorOf({ name }: DescribedEvent): string {
  return name.replaceAll('.', '');
}

function lines(...parts: readonly string[]): string {
  return visible(`${parts.map((part) => part.trimEnd()).join('\n\n')}\n`);
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return oneLine(text).replaceAll('|', '\\|');
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** Table cells are short; the event's own section has the whole text. */
function firstSentence(text: string): string {
  return /^[^]*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
}
