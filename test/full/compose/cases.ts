// What is done with the project, in turn, and what did not hold.
import type { Engine } from './engine';
import { killEach } from './kills';
import { memoryLines, watchMemory } from './memory';
import { problemsOf, startTraffic, submit, untilEnded } from './orders';
import { observabilityProblems } from './observability';
import type { Project } from './project';
import { schemaProblems } from './schema';
import { updateImage } from './update';
import { wrongInputProblems } from './wrong-input';

export async function runCases(
  project: Project,
  engine: Engine,
  say: (line: string) => void,
): Promise<string[]> {
  say(`up --wait: ${(await project.up()).toFixed(0)} s, with new volumes`);
  const ids = ['my-first-order', 'refused-first'];
  try {
    for (const id of ids) await submit(project, id);
    await untilEnded(project, ids);
    say('the order of the README is completed; one that the carrier refuses is compensated');

    const down = await project.compose(['down']);
    say(`down: ${down.seconds.toFixed(0)} s; up --wait again: ${(await project.up()).toFixed(0)} s`);
    const problems = await problemsOf(project, ids);
    say('after that, the data are there');

    const memory = watchMemory(project);
    say('each container is killed once while orders flow:');
    const flowing = startTraffic(project, 'killed');
    await killEach(project, say);
    await flowing.stop();
    ids.push(...flowing.accepted);
    await untilEnded(project, ids);
    say(
      `  ${flowing.accepted.length} orders; the longest to be accepted took ${flowing.longestWait().toFixed(1)} s`,
    );

    const updating = startTraffic(project, 'updated');
    const { seconds, moved } = await updateImage(project, engine.environment);
    await updating.stop();
    ids.push(...updating.accepted);
    await untilEnded(project, ids);
    say(
      `the image is replaced in ${seconds.toFixed(0)} s while ${updating.accepted.length} orders flow; ${moved} open ones are ` +
        `moved to the new version; the longest to be accepted took ${updating.longestWait().toFixed(1)} s`,
    );

    await memory.stop();
    say('memory, the most of each against its limit:');
    for (const line of await memoryLines(project, memory.peaks)) say(line);
    problems.push(...(await problemsOf(project, ids)));
    say(`${ids.length} orders were accepted${problems.length === 0 ? ', and each has ended once' : ''}`);
    problems.push(...(await observabilityProblems(project, say)));
    problems.push(...(await schemaProblems(project, say)));
    problems.push(...(await wrongInputProblems(project, say)));
    return problems;
  } catch (error) {
    await tellState(project, say);
    throw error;
  }
}

/** What somebody needs who looks for the cause of a failure. */
export async function tellState(project: Project, say: (line: string) => void): Promise<void> {
  for (const { name, health, running } of await project.containers())
    say(`  ${name.padEnd(34)} ${running ? 'runs' : 'does not run'}, ${health}`);
  say((await project.compose(['logs', '--tail', '15'])).said);
}
