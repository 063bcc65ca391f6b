/** `sagaline routes`: which events reach which workflows, as a list and as a graph. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import { GRAPH_LEGEND, graphAsMermaid, graphAsText, graphOf } from './graph';

interface GraphOptions extends Output {
  readonly as: 'text' | 'mermaid';
}

export function addRoutes(program: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
  const routes = program.command('routes').description('which events reach which workflows; needs no server');
  withOutput(routes.command('list').description('every route with all that it says')).action(
    ({ output }: Output) => {
      const { edges } = graphOf(cliContext.catalogue);
      if (output === 'json') {
        terminal.out(JSON.stringify({ routes: edges }));
        return;
      }
      const rows = edges.map((edge) => [
        edge.route,
        edge.event,
        edge.workflow,
        edge.how,
        edge.conditional ? 'some' : 'all',
        edge.onMissing,
        edge.onClosed,
      ]);
      terminal.out(table(['route', 'event', 'workflow', 'may', 'events', 'never existed', 'closed'], rows));
    },
  );
  const form = new Option('--as <form>', 'text, or a Mermaid flow chart').choices(['text', 'mermaid']);
  withOutput(
    routes
      .command('graph')
      .description('events and workflows as a directed graph; what activities publish is not in it')
      .addOption(form.default('text')),
  ).action(({ as, output }: GraphOptions) => {
    const graph = graphOf(cliContext.catalogue);
    if (output === 'json') terminal.out(JSON.stringify(graph));
    else terminal.out(as === 'mermaid' ? graphAsMermaid(graph) : `${graphAsText(graph)}\n\n${GRAPH_LEGEND}`);
  });
}
