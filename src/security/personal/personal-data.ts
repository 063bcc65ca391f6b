import type { Transaction } from '../../adapters/postgres';
import type { EventContract, Personal } from '../../contracts';
import { DefectError, isSealed, personalPaths, sealedParts, valueAt, withValueAt } from '../../contracts';
import type { DataKeys } from './data-keys';
import { openValue, sealValue } from './seal';

/** The failure of a step that needs personal data that was erased. */
export const ERASED = 'personal-data-erased';
/** The failure of a step that needs a value which no key opens: it was changed, or this process has no keys. */
export const UNREADABLE = 'personal-data-unreadable';

/** Encrypts and opens personal data. Without keys it leaves everything as it is. */
export interface PersonalData {
  /**
   * The data of an event with its personal fields encrypted. Fields that are encrypted already stay as they are.
   *
   * @param within the transaction in which the key is looked up; default: one of its own
   *
   * @throws any error of PostgreSQL, or MasterKeyError: nothing is encrypted
   */
  readonly seal: <Data>(
    contract: EventContract<string, Data>,
    data: Data,
    within?: Transaction,
  ) => Promise<Data>;
  /**
   * The clear text of a personal field. A value in clear is returned as it is: it is from before the keys, or the project
   * has none. Open a value before the step has an effect.
   *
   * @throws DefectError `personal-data-erased` when the data subject was erased, so that the step is not tried again
   * @throws DefectError `personal-data-unreadable`
   *
   * @example
   * const send = async ({ to }: { to: Personal<string> }, { open }: Pick<PersonalData, 'open'>) => mail(await open(to));
   */
  readonly open: <Clear>(value: Personal<Clear>) => Promise<Clear>;
}

/** For a project without keys. */
export const inClear: PersonalData = {
  seal: (_, data) => Promise.resolve(data),
  open: (value) =>
    isSealed(value)
      ? Promise.reject(unreadable('this process has no PERSONAL_DATA_KEYS_FILE'))
      : Promise.resolve(value as never),
};

/** Personal data with a key for each data subject. */
export function createPersonalData(keys: DataKeys): PersonalData {
  return {
    seal: async <Data>(contract: EventContract<string, Data>, data: Data, within?: Transaction) => {
      const paths = contract.subject
        ? personalPaths(contract.schema).filter((path) => isClear(valueAt(data, path)))
        : [];
      if (!contract.subject || paths.length === 0) return data;
      const key = await keys.forProcess(contract.subject(data), contract.key(data), within);
      return paths.reduce<unknown>(
        (sealed, path) => withValueAt(sealed, path, sealValue(key, valueAt(data, path))),
        data,
      ) as Data;
    },
    open: async <Clear>(value: Personal<Clear>) => {
      const parts = sealedParts(value);
      if (!parts || !isSealed(value)) return value as Clear;
      const key = await keys.find(parts.keyId);
      if (key === 'erased')
        throw new DefectError(ERASED, 'the personal data of this data subject was erased');
      if (key === 'unknown') throw unreadable('its data key is not in this database');
      const opened = openValue(key, value);
      if (!opened) throw unreadable('it was changed, or is not of the key that it names');
      return opened.value as Clear;
    },
  };
}

function isClear(value: unknown): boolean {
  return value !== undefined && !isSealed(value);
}

function unreadable(why: string): DefectError {
  return new DefectError(UNREADABLE, `an encrypted personal field cannot be read: ${why}`);
}
