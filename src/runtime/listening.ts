import { InvalidConfigError } from '../config';

interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Listens on the address of the settings.
 *
 * @throws InvalidConfigError naming the setting, when the address cannot be used
 */
export async function listening<Result>(
  setting: string,
  address: Address,
  listen: (address: Address) => Promise<Result>,
): Promise<Result> {
  try {
    return await listen(address);
  } catch (error) {
    const problem = problemOf(setting, address, (error as NodeJS.ErrnoException).code);
    throw problem === undefined ? error : new InvalidConfigError([problem], { cause: error });
  }
}

function problemOf(setting: string, { host, port }: Address, code = ''): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `${setting}: port ${port} of ${host} is taken (${code}); end the process that has it, or set another port`;
    case 'EACCES':
      return `${setting}: this user may not listen on port ${port} (${code}); set a port from 1024 on`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND': {
      const hostSetting = setting.replace('_PORT', '_HOST');
      return `${hostSetting}: this machine has no address ${host} (${code}); set one of its own, or 0.0.0.0 for all`;
    }
    default:
      return undefined;
  }
}
