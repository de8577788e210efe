import { z } from 'zod';

// What variables of the environment may be. Each is a schema that reads the text of one variable.

export const oneOf = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}` });
export const MAX_PORT = 65_535;

export const flag = oneOf('true', 'false').transform((text) => text === 'true');
export const given = z.string({ error: 'is needed' });
export const address = (...protocols: string[]) =>
  given
    .refine((text) => isAddress(text, protocols), {
      message: `must be an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    })
    .refine(hasReadableCredentials, { message: 'must have a % of its user name or password written as %25' });
/** An address that others append paths to, and that everyone may read. */
export const baseAddress = address('http:', 'https:').refine(isPlain, {
  message: 'must have no user name, password, query or fragment',
});
/** Postgres alone may be named without a host: by the directory of its socket, in a parameter. */
const HOSTLESS: ReadonlySet<string> = new Set(['postgres:', 'postgresql:']);

export function isAddress(text: string, protocols: readonly string[]): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  if (!protocols.includes(protocol) || !text.startsWith(`${protocol}//`)) return false;
  return host !== '' || HOSTLESS.has(protocol);
}

function isPlain(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password, search, hash } = new URL(text);
  return [username, password, search, hash].every((part) => part === '');
}

function hasReadableCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return !/%(?![\da-f]{2})/i.test(username + password);
}

/** One or more of them, with commas between. */
export const addresses = (...protocols: string[]) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(address(...protocols)));
/** Parts between commas; none where nothing is given. */
export const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
/** `https://app.example.org`, and nothing after the host: what browsers send as Origin. */
export const origins = list.pipe(
  z.array(
    z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
      message: 'must be origins such as https://app.example.org, without a path and in lower case',
    }),
  ),
);
export const count = (fallback: number, min: number, max: number) =>
  z
    .string()
    .refine((text) => isCount(text, min, max), { message: `must be a whole number from ${min} to ${max}` })
    .transform(Number)
    .default(fallback);

export function isCount(text: string, min: number, max: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
}

/** Any text but an empty one. */
export const text = z.string().min(1);
export const mailAddress = z.email('must be a mail address');
/** A text of a form. `must` says what is wrong with any other. */
export const matching = (pattern: RegExp, must: string) => z.string().regex(pattern, must);

export const nodeEnvironment = oneOf('development', 'test', 'production').default('development');
