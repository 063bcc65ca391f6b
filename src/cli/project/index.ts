/** The commands of a project's own processes: start, run, provision, build, init, add. */
import type { Command } from 'commander';
import type { LoadedApp } from '../../runtime/app';
import { addAdd } from './add';
import { addBuild } from './build';
import { addInit } from './init';
import { addProvision } from './provision';
import { addRun } from './run';
import { addStart } from './start';

export function addProject(program: Command, app: () => LoadedApp): void {
  addStart(program, app);
  addRun(program, app);
  addProvision(program, app);
  addBuild(program, app);
  addInit(program);
  addAdd(program);
}
