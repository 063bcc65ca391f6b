import { z } from 'zod';

/** The settings of personal data: docs/personal-data.md. */
export const personalDataSettings = {
  /**
   * A file with the master keys that encrypt the keys of data subjects, one a line, `<id>:<32 bytes in base64>`; the first
   * encrypts, all decrypt. It is read again every few seconds. Without it personal fields are stored in clear.
   */
  PERSONAL_DATA_KEYS_FILE: z.string().min(1).optional(),
  /**
   * Dead letters that are older than this are removed, also if nobody has dealt with them: they hold what somebody has sent.
   * The default is as long as the effects of a process are kept by default. After that, a redrive could repeat a step.
   */
  DEAD_LETTERS_MAX_AGE_DAYS: z.coerce.number().int().min(1).max(3_650).default(180),
  /** `clear` states for production that personal fields are stored in clear on purpose. */
  PERSONAL_DATA: z.enum(['encrypted', 'clear']).default('encrypted'),
};

type PersonalDataSettings = z.infer<z.ZodObject<typeof personalDataSettings>>;

/**
 * What is wrong with the settings of personal data.
 *
 * @param needs.personalData whether this process gets personal data: it is the gateway or a worker of a project that
 * marks fields
 */
export function personalDataProblems(
  {
    PERSONAL_DATA_KEYS_FILE: file,
    PERSONAL_DATA: form,
    NODE_ENV,
  }: PersonalDataSettings & { NODE_ENV: string },
  { personalData }: { readonly personalData: boolean },
): string[] {
  if (file !== undefined && form === 'clear')
    return ['PERSONAL_DATA: cannot be clear while PERSONAL_DATA_KEYS_FILE is set'];
  if (NODE_ENV !== 'production' || !personalData || file !== undefined || form === 'clear') return [];
  return [
    'PERSONAL_DATA_KEYS_FILE is missing: contracts of this project mark personal fields; PERSONAL_DATA=clear stores them in clear',
  ];
}
