import { SETTINGS_ACTIVITY } from '../contracts/names/saga';
import { stepsOnOwnDatabase } from './steps';
import { STEP_ATTEMPTS } from './attempts';

type Reading = Record<typeof SETTINGS_ACTIVITY, (input: { names: readonly string[] }) => Promise<object>>;

/**
 * Makes a function that reads settings of the domain into a workflow. The values are in the history, so they hold for
 * this execution: a setting that changes later applies to executions that begin after the change. Read only what you
 * need, and no secrets, because people can read a history. Values come as JSON.
 *
 * @example
 * const settings = settingsReader<DeviceSettings>();
 * const { ALERT_LEVELS } = await settings('ALERT_LEVELS');
 */
export function settingsReader<Settings extends object>(): <Name extends keyof Settings & string>(
  ...names: readonly Name[]
) => Promise<Pick<Settings, Name>> {
  return async <Name extends keyof Settings & string>(...names: readonly Name[]) => {
    const steps = stepsOnOwnDatabase<Reading>(STEP_ATTEMPTS);
    return (await steps[SETTINGS_ACTIVITY]('Read settings', { names })) as Pick<Settings, Name>;
  };
}
