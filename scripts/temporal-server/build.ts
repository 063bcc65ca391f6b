// Temporal's server, its schema tool and its UI, built from the Go module proxy: the programs that compose runs as images.
import path from 'node:path';
import { cached, goInstall } from '../go';

export const SERVER_VERSION = '1.32.0';
/** The latest that builds with the Go which the server asks for; its module carries the built pages. */
export const UI_VERSION = '2.55.0';

/** Paths of the server and of its schema tool. */
export interface ServerPrograms {
  readonly server: string;
  readonly sqlTool: string;
}

export interface Binaries extends ServerPrograms {
  readonly ui: string;
}

/** Builds what is not in the cache of the servers yet: the first time about ten minutes on two cores, then nothing. */
export async function buildBinaries(log: (line: string) => void): Promise<Binaries> {
  const server = await buildServer(log);
  const ui = await cached(`temporal-ui-${UI_VERSION}`, (folder) =>
    goInstall(`github.com/temporalio/ui-server/v2/cmd/server@v${UI_VERSION}`, folder, log),
  );
  return { ...server, ui: path.join(ui, 'server') };
}

/**
 * The server and its schema tool alone.
 *
 * @throws BuildError
 */
export async function buildServer(log: (line: string) => void): Promise<ServerPrograms> {
  const server = await cached(`temporal-server-${SERVER_VERSION}`, async (folder) => {
    await goInstall(`go.temporal.io/server/cmd/server@v${SERVER_VERSION}`, folder, log);
    await goInstall(`go.temporal.io/server/cmd/tools/sql@v${SERVER_VERSION}`, folder, log);
  });
  return { server: path.join(server, 'server'), sqlTool: path.join(server, 'sql') };
}
