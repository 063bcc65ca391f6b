// Runs a tool without showing its output, and returns what it printed. This runs before any package is installed, so it does not
// use execa.
import { spawn } from 'node:child_process';

/** Resolves with the exit code (undefined if the command does not exist) and all output. */
export function run(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) =>
      error.code === 'ENOENT' ? resolve({ code: undefined, output }) : reject(error),
    );
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}
