import { randomBytes } from 'node:crypto';
import { isHarmfulText, isOneLine, normaliseText, parseWebUrl } from '@tintype/text';
import { type InputError, inputError } from '../errors.ts';
import { APP_LIMITS } from '../limits.ts';

/** Hosts of this machine, on which a native app listens for the answer (RFC 8252, section 7.3). */
export const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);
/**
 * A scheme of a native app: a domain of its owner in reverse order (RFC 8252, section 7.1). One slash follows, because
 * what comes after two looks like a host, to which nothing is sent.
 */
const PRIVATE_SCHEME = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:\/(?!\/)[!-~]*$/;
const SECRET_BYTES = 32;

export function checkAppName(text: string): InputError<'TEXT_REQUIRED' | 'TEXT_INVALID' | 'TEXT_TOO_LONG'> | null {
  const name = normaliseText(text);
  if (name.trim() === '') return inputError('TEXT_REQUIRED', 'name');
  if (!isOneLine(name) || isHarmfulText(name)) return inputError('TEXT_INVALID', 'name');
  return [...name].length > APP_LIMITS.name
    ? inputError('TEXT_TOO_LONG', 'name', `A name may have up to ${APP_LIMITS.name} characters.`)
    : null;
}

/** People see it before they decide, so it has to be there, and to show where it leads. */
export function checkAppWebsite(website: string): InputError<'WEBSITE_INVALID'> | null {
  const isValid = website.length <= APP_LIMITS.website && parseWebUrl(website) !== null && !isHarmfulText(website);
  return isValid ? null : inputError('WEBSITE_INVALID', 'website');
}

export function checkRedirectUris(uris: readonly string[]): InputError<'REDIRECT_URI_INVALID'> | null {
  const isCounted = uris.length > 0 && uris.length <= APP_LIMITS.redirectUris && new Set(uris).size === uris.length;
  return isCounted && uris.every(isRedirectUri) ? null : inputError('REDIRECT_URI_INVALID', 'redirectUris');
}

/** Whether answers of OAuth may be sent there: to a page, or to a program on the device of the person. */
export function isRedirectUri(uri: string): boolean {
  if (uri.length > APP_LIMITS.redirectUri || !/^[!-~]+$/.test(uri) || /[#*\\]/.test(uri) || !URL.canParse(uri)) {
    return false;
  }
  const { protocol, hostname, username, password } = new URL(uri);
  if (username !== '' || password !== '') return false;
  if (protocol === 'https:') return !LOOPBACK.has(hostname);
  if (protocol === 'http:') return LOOPBACK.has(hostname);
  return PRIVATE_SCHEME.test(uri);
}

/** A redirect URI that leads to a page; null for one of a native app, which has neither a host nor an origin. */
export function pageOf(uri: string): URL | null {
  const url = new URL(uri);
  return /^https?:$/.test(url.protocol) ? url : null;
}

/** Whether it runs on the devices of people, rather than on a server or in a page. */
export function isNative({ redirectUris }: { redirectUris: readonly string[] }): boolean {
  return redirectUris.some((uri) => new URL(uri).protocol !== 'https:');
}

export function newAppSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}
