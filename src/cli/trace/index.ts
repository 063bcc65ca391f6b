/** `sagaline trace`: the life of one process, from all stores, in one timeline. */
import type { Command } from 'commander';
import type { WorkflowDefinition } from '../../contracts';
import { oneLine, visible } from '../../contracts';
import { traceOf } from '../../operator';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { correlationKey, KEY_HELP, withOutput } from '../options';
import type { CliContext } from '../context';

interface TraceOptions extends Output {
  readonly workflow?: string;
}

export function addTrace(program: Command, cliContext: CliContext): void {
  const what =
    'the life of one process: events, workflow, activities, compensating, dead letters, in one timeline';
  withOutput(
    program
      .command('trace')
      .description(what)
      .argument('<key>', KEY_HELP, correlationKey)
      .option('--workflow <name>', 'this kind of process only'),
  ).action((key: string, options: TraceOptions) =>
    show(cliContext, key, processesOf(cliContext, options.workflow), options),
  );
  // Adds `<process>s trace KEY`, with the name that the domain gives the process.
  for (const process of cliContext.processes) {
    const name = `${process.name}s`;
    if (program.commands.some((known) => known.name() === name)) continue;
    const group = program.command(name).description(`processes of the kind "${process.name}"`);
    withOutput(group.command('trace').description(what).argument('<key>', KEY_HELP, correlationKey)).action(
      (key: string, options: TraceOptions) => show(cliContext, key, [process], options),
    );
  }
}

function processesOf({ processes }: CliContext, name: string | undefined): readonly WorkflowDefinition[] {
  const found = processes.filter((process) => name === undefined || process.name === name);
  if (found.length > 0 || name === undefined) return found;
  const known = processes.map((process) => process.name).join(', ');
  throw new CliError('unknown-workflow', `there is no workflow "${name}"; known is ${known}`, EXIT.usage);
}

async function show(
  cliContext: CliContext,
  key: string,
  processes: readonly WorkflowDefinition[],
  { output }: TraceOptions,
): Promise<void> {
  const trace = await traceOf(cliContext, key, processes);
  if (trace.timeline.length === 0) {
    if (trace.incomplete.length > 0) throw new CliError('failed', trace.incomplete.join('\n'));
    throw new CliError('unknown-key', `nothing is known of ${key}`);
  }
  const { auditing, terminal } = cliContext;
  await auditing.read({ action: 'trace', target: key, details: { workflows: trace.workflows.length } });
  if (output === 'json') {
    terminal.out(JSON.stringify(trace));
    return;
  }
  for (const { at, text } of trace.timeline) terminal.out(`${at}  ${oneLine(text)}`);
  for (const { workflowId, link } of trace.workflows) terminal.out(`\n${workflowId}\n  ${link}`);
  if (trace.traceIds.length > 0) terminal.out(`\ntrace ${trace.traceIds.join(', ')}`);
  for (const words of trace.incomplete) terminal.out(`\nincomplete: ${visible(words)}`);
}
