import { order } from '../../../domains/shop/workflows';
import { workflowIdOf } from '../../../src/contracts';
import type { Asked } from './ask';
import { askVerb } from './ask';
import { HOSTILE_KEY, LARGE_KEY, PLAIN_KEY } from './fill';
import { UNANSWERED_MS } from './pages';

/** The verbs with which the command line shows what the console's pages show. */
export async function askVerbs(
  environment: Readonly<Record<string, string>>,
  deadLetters: number,
): Promise<Asked[]> {
  const asked: Asked[] = [];
  const verb = async (line: string, options?: Parameters<typeof askVerb>[2]) => {
    for (const output of [[], ['-o', 'json']])
      asked.push(await askVerb(environment, [...line.split(' '), ...output], options));
  };
  await verb('sagas stuck', { mayTake: UNANSWERED_MS });
  // One call for each of 5,000 workflows, as its help says.
  await verb('sagas retrying', { mayTake: 60_000 });
  for (const key of [PLAIN_KEY, LARGE_KEY, HOSTILE_KEY]) {
    await verb(`sagas show ${workflowIdOf(order, key)}`, { mayTake: UNANSWERED_MS });
    await verb(`trace ${key}`);
  }
  await verb('dead-letters list');
  await verb('dead-letters list --all --limit 200 --order oldest');
  await verb('dead-letters list --reason poison');
  await verb('dead-letters list --key nothing-like-this --all');
  // A whole event, for the person who edits it.
  for (const sequence of [7, deadLetters - 1, deadLetters])
    await verb(`dead-letters show ${sequence}`, { mayHave: 2_000_000 });
  await verb('outbox list');
  await verb('audit list');
  await verb('audit list --actor nobody');
  return asked;
}
