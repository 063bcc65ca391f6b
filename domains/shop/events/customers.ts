import { z } from 'zod';
import type { EventOf } from 'sagaline';
import { defineEvent, timestamp } from 'sagaline';
import { EVENTS } from '../names';
import { sku, webShop } from './shapes';

export const articleViewed = defineEvent({
  type: EVENTS.articleViewed,
  entity: 'article',
  summary: 'A visitor has looked at an article. There are many of these: they are counted in batches.',
  origin: webShop,
  schema: z.strictObject({ sku, viewedAt: timestamp }),
  key: ({ sku: key }) => key,
  example: { sku: 'TEA-GREEN-250', viewedAt: '2026-01-15T10:30:00Z' },
});

export type ArticleViewed = EventOf<typeof articleViewed>;
