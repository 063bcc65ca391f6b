import { SETTINGS_ACTIVITY } from '../contracts/names/saga';
import { stepsOnOwnDatabase } from './steps';
import { STEP_ATTEMPTS } from './attempts';

type Reading = Record<typeof SETTINGS_ACTIVITY, (input: { names: readonly string[] }) => Promise<object>>;

/**
 * Reads settings of the domain into a workflow. What is read stands in the history, so that it holds for this execution: a
 * setting that changes later reaches the executions that begin after it. Read only what is needed, and no secret: a history is for
 * people too. Values come as JSON.
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
