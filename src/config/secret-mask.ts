/** Shorter values are found in ordinary words; production refuses secrets that are as short. */
const SHORTEST = 6;
const MASK = '[secret]';
/** A password in an address, also in one that is in no setting, and with an `@` in it. */
const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/"'\\]+@/gi;

/**
 * Makes a function that masks secrets wherever they are in a text, as they are, and as JSON and addresses write them.
 *
 * @param seen the secrets; values may be added later
 * @param known values that everyone knows, such as the defaults of the local stack: they are words of ordinary log lines
 */
export function secretMask(
  seen: () => ReadonlySet<string>,
  known: ReadonlySet<string> = new Set(),
): (text: string) => string {
  let compiledFor = -1;
  let pattern: RegExp | undefined;
  return (text) => {
    const secrets = seen();
    if (secrets.size !== compiledFor) {
      compiledFor = secrets.size;
      pattern = patternOf(secrets, known);
    }
    const masked = text.replace(USER_INFO, `$1${MASK}@`);
    return pattern ? masked.replace(pattern, MASK) : masked;
  };
}

function patternOf(secrets: ReadonlySet<string>, known: ReadonlySet<string>): RegExp | undefined {
  const forms = [...secrets]
    .flatMap(partsOf)
    .filter((part) => part.length >= SHORTEST && !known.has(part))
    .flatMap(formsOf);
  if (forms.length === 0) return undefined;
  // The longest first: a secret may begin with another one.
  const all = [...new Set(forms)].sort((one, other) => other.length - one.length);
  return new RegExp(all.map((form) => form.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('|'), 'g');
}

/** What must not be read of a setting: several secrets with commas between them, the passwords of an address. */
export function partsOf(setting: string): string[] {
  const passwords = URL.canParse(setting) ? passwordsIn(new URL(setting)) : [];
  return passwords.length === 0 ? setting.split(',').map((part) => part.trim()) : passwords;
}

/** The password of an address as it is written there, and decoded; PostgreSQL takes it as a parameter, too. */
export function passwordsIn({ password, searchParams }: URL): string[] {
  return [password, decoded(password), searchParams.get('password') ?? ''].filter((text) => text !== '');
}

function formsOf(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
