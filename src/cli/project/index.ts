/** The commands of a project: init, start, run, provision, build. */
import type { Command } from 'commander';
import type { LoadedApp } from '../../runtime/app';
import { addBuild } from './build';
import { addInit } from './init';
import { addProvision } from './provision';
import { addRun } from './run';
import { addStart } from './start';

export function addProject(program: Command, app: () => LoadedApp): void {
  addInit(program);
  addStart(program, app);
  addRun(program, app);
  addProvision(program, app);
  addBuild(program, app);
}
