/** What `sagaline add` adds: each function plans one kind of addition, and writes nothing. */
import { domain } from './domain';
import { event } from './event';
import { pool } from './pool';
import { route } from './route';
import { step } from './step';
import { workflow } from './workflow';

export const KINDS = { domain, event, route, step, workflow, pool };

export type Kind = keyof typeof KINDS;
