import Negotiator from 'negotiator';
import { DEFAULT_LANGUAGE, findLanguage, type Language } from './language.rules.ts';

/** Browsers send a few dozen characters. */
const MAX_HEADER = 1000;
const MAX_RANGES = 20;

/**
 * The language that a client prefers among ours (RFC 9110, section 12.5.4), by the lookup of RFC 4647.
 *
 * @param acceptLanguage the header, whatever it contains
 */
export function negotiateLanguage(acceptLanguage: string | undefined): Language {
  if (!acceptLanguage || acceptLanguage.length > MAX_HEADER) return DEFAULT_LANGUAGE;
  const ranges = new Negotiator({ headers: { 'accept-language': acceptLanguage } }).languages();
  for (const range of ranges.slice(0, MAX_RANGES)) {
    const language = findLanguage(range);
    if (language) return language;
  }
  return DEFAULT_LANGUAGE;
}
