// Runs a tool quietly and keeps what it said. This runs before any package is installed, so without execa.
import { spawn } from 'node:child_process';

/** Resolves with the exit code (undefined when the command does not exist) and all output. */
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
