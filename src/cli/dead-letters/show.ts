import type { Command } from 'commander';
import { oneLine } from '../../contracts';
import type { DeadLetterFile, DeadLetterSignature } from '../../dead-letters';
import { showDeadLetter, signatureOf } from '../../dead-letters';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import { deadLetterTarget } from '../../operator/dead-letters/actions';
import { payloadOf, payloadText } from '../../operator/payload';
import type { CliContext } from '../context';
import { withoutBody } from './operation';

export function addShow(deadLetters: Command, cliContext: CliContext): void {
  withOutput(
    deadLetters
      .command('show')
      .description('one dead letter with all that is known of it')
      .argument('<sequence>', 'its number in the list', sequenceNumber),
  ).action(async (sequence: number, { output }: Output) => {
    const parts = await cliContext.deadLetters();
    const file = await showDeadLetter(parts, sequence);
    const signature = signatureOf(parts, file);
    await cliContext.auditing.read({ action: 'dead-letters.show', target: deadLetterTarget(sequence) });
    cliContext.terminal.out(
      output === 'json' ? JSON.stringify(asJson(file, signature)) : asText(file, signature),
    );
  });
}

function isEdited({ past }: DeadLetterFile): boolean {
  return past.operations.some(({ kind }) => kind === 'edited');
}

function asJson(file: DeadLetterFile, signature: DeadLetterSignature): object {
  const { deadLetter, past, state, message } = file;
  const { body, ...facts } = deadLetter;
  return {
    ...facts,
    state,
    signature,
    payload: payloadOf(body),
    operations: past.operations.map(withoutBody),
    ...(isEdited(file) && { edited: { subject: message.subject, payload: payloadOf(message.body) } }),
  };
}

const NAME_WIDTH = 10;

function asText(file: DeadLetterFile, signature: DeadLetterSignature): string {
  const { deadLetter, past, state, message } = file;
  const { body, headers, omittedHeaders, event, ...facts } = deadLetter;
  const lines = [
    ...Object.entries({ ...facts, state, signature: signatureText(signature) }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name.padEnd(NAME_WIDTH)} ${value}`],
    ),
    ...(event
      ? [`${'event'.padEnd(NAME_WIDTH)} ${event.sequence} of ${event.stream}, stored ${event.storedAt ?? ''}`]
      : []),
    ...Object.entries(headers).map(
      ([name, values]) => `${'header'.padEnd(NAME_WIDTH)} ${name}: ${values.join(', ')}`,
    ),
    ...(omittedHeaders > 0 ? [`${omittedHeaders} headers had no room`] : []),
    ...past.operations.map((each) => {
      const { n, kind, at, by, why } = each;
      const vouched = kind === 'redriven' && each.vouched ? ', who vouches for it,' : '';
      return `${`${n}.`.padEnd(NAME_WIDTH)} ${kind} by ${by}${vouched} at ${at}${why ? `: ${why}` : ''}`;
    }),
  ];
  const edited = `\nedited, for ${oneLine(message.subject)}:\n\n${payloadText(payloadOf(message.body))}`;
  return [
    `${lines.map(oneLine).join('\n')}\n\n${payloadText(payloadOf(body))}`,
    ...(isEdited(file) ? [edited] : []),
  ].join('\n');
}

function signatureText(signature: DeadLetterSignature): string {
  switch (signature.state) {
    case 'unchecked':
      return 'not checked: set EVENT_SIGNATURES and EVENT_SIGNING_KEYS_FILE';
    case 'valid':
      return `valid, by the key "${signature.keyId}"`;
    case 'invalid':
      return `does not count: ${signature.why}`;
  }
}
