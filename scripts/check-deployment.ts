// Part of `npm run check`: the Dockerfile and docker-compose.yml, as far as they can be checked without Docker.
import path from 'node:path';
import { deploymentOf, problemsOf } from './deployment';

const problems = problemsOf(deploymentOf(path.resolve(__dirname, '..')));
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write('deployment: the Dockerfile and docker-compose.yml are sound\n');
