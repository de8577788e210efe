import { findAddresses } from './address.rules.ts';

/** A part of a text, in UTF-16 code units, that is a web address. */
export type Link = { url: string; start: number; end: number };

const PROTOCOL = /^https?:\/\//i;
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const PUNCTUATION = /[.,;:!?'"»”’…]/;

/**
 * The web addresses in a text, in order. Without a protocol, `https` is assumed. Punctuation at the end belongs to the
 * sentence, and so does a closing bracket that was opened before the address.
 */
export function findLinks(text: string): Link[] {
  return findAddresses(text).flatMap(({ start, address }) => {
    const written = address.slice(0, lengthWithoutEnd(address));
    const hasProtocol = PROTOCOL.test(written);
    // What follows another protocol is no web address.
    if (!hasProtocol && /[/:]/.test(text[start - 1] ?? '')) return [];
    const url = parseWebUrl(hasProtocol ? written : `https://${written}`);
    return url === null ? [] : [{ url, start, end: start + written.length }];
  });
}

function lengthWithoutEnd(address: string): number {
  for (let length = address.length; length > 0; length -= 1) {
    const last = address[length - 1]!;
    const opener = CLOSERS[last];
    const isOutside = opener !== undefined && countOf(last, address, length) > countOf(opener, address, length);
    if (!PUNCTUATION.test(last) && !isOutside) return length;
  }
  return 0;
}

function countOf(character: string, text: string, length: number): number {
  return text.slice(0, length).split(character).length - 1;
}

/**
 * The canonical form of an http or https URL, with its host name in ASCII; null for anything else, and for URLs with a
 * user or password, which would hide the host.
 */
export function parseWebUrl(text: string): string | null {
  if (!PROTOCOL.test(text)) return null;
  const url = URL.parse(text);
  return url === null || url.username !== '' || url.password !== '' || url.hostname === '' ? null : url.href;
}
