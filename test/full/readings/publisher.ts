/**
 * A process that publishes readings at a steady rate, and sends to its parent how many the stream has confirmed. Arguments: the
 * address of NATS, readings a second, seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats } from '../../../src/adapters/nats';
import { encodeEvent } from '../../../src/contracts';
import { silentLog } from '../../support/log';
import { readingTaken } from './contract';

const DEVICES = 10_000;
const TURN_MS = 50;
/** A reading is published once: a repeat without a message id would count as a second one. */
const PATIENCE_MS = 60_000;

async function main([, , url = '', rate = '', seconds = '']: readonly string[]): Promise<void> {
  const connection = await connectNats({ url, name: 'devices', log: silentLog });
  const jetstream = connection.jetstream({ timeout: PATIENCE_MS });
  // Encoded once: what is measured is the subscription.
  const sample = encodeEvent(
    {
      ...{ contract: readingTaken, id: 'ID', time: '2026-01-15T10:30:00Z' },
      data: { deviceId: 'DEVICE', number: 987_654_321, celsius: 21.5, takenAt: '2026-01-15T10:30:00Z' },
    },
    { source: '/devices' },
  );
  const text = new TextDecoder().decode(sample.body);
  const space = sample.subject.slice(0, sample.subject.lastIndexOf('.'));
  const bytes = new TextEncoder();
  const total = Number(rate) * Number(seconds);
  const began = performance.now();
  let published = 0;
  while (published < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - began) / 1_000) * Number(rate)));
    const sent: Promise<unknown>[] = [];
    for (; published < due; published++) {
      const device = `dev-${published % DEVICES}`;
      const body = text
        .replaceAll('DEVICE', device)
        .replace('"ID"', `"r-${published}"`)
        .replace('987654321', String(published));
      // Without a message id: the stream would keep ten minutes of them in memory.
      sent.push(jetstream.publish(`${space}.${device}`, bytes.encode(body)));
    }
    await Promise.all(sent);
    process.send?.(published);
    await sleep(TURN_MS);
  }
  await connection.close();
  process.disconnect();
}

void main(process.argv);
