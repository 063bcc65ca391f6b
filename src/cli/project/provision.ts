import type { Command } from 'commander';
import { createLog } from '../../adapters/log';
import type { CliContext } from '../context';
import { appConfig } from '../../runtime/config';
import { theProvisioning } from '../lazy';

export function addProvision(program: Command, cliContext: CliContext): void {
  program
    .command('provision')
    .description(
      'makes streams, search attributes, schedules and tables, or with PROVISION=check checks them',
    )
    .action(async () => {
      const config = appConfig(cliContext.project(), [], undefined, { database: 'owner' });
      const { LOG_LEVEL: level, LOG_FORMAT: format, secrets } = config;
      const log = createLog({ role: 'provision', level, format, mask: secrets.mask });
      await theProvisioning().provision(cliContext.project(), config, log);
      log.info({}, 'streams, search attributes and tables are there');
    });
}
