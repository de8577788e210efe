import Bowser from 'bowser';

const MAX_LENGTH = 100;
/**
 * The first product of a User-Agent (RFC 9110, section 10.1.5), such as `TintypeApp` of `TintypeApp/3.1 (iPhone)`.
 * Without dots, because mail programs make links of what looks like a host.
 */
const PRODUCT = /^[\w-]+/;

/**
 * What a client calls itself, for people: `Firefox on Linux`, or the name of an app. @returns an empty text if it sent
 * no name
 */
export function deviceOf(userAgent: string | undefined): string {
  if (!userAgent) return '';
  const parser = Bowser.getParser(userAgent);
  const [browser, system] = [parser.getBrowserName(), parser.getOSName()];
  const product = PRODUCT.exec(userAgent)?.[0] ?? '';
  // All browsers call themselves Mozilla first. An app may have the name of a browser in its own.
  const name = product === 'Mozilla' ? browser : product;
  return (name && system ? `${name} on ${system}` : name || system).slice(0, MAX_LENGTH);
}
