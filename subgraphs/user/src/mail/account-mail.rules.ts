import { escapeHtml } from '@tintype/text';
import type { AccountMailKind } from './account-mail.model.ts';
import { TEXTS } from './account-mail.texts.ts';

/** A mail as plain text and as HTML. @param link the page that it leads to, if there is one */
export function writeMail(
  kind: AccountMailKind,
  about: { username: string; device: string; at: Date },
  link: string | null,
): { subject: string; text: string; html: string } {
  const { subject, paragraphs, action } = TEXTS[kind](about);
  const [first, ...rest] = paragraphs;
  const button = link && `<p><a href="${escapeHtml(link)}">${escapeHtml(action ?? link)}</a></p>`;
  const html = [`<p>${escapeHtml(first!)}</p>`, button, ...rest.map((text) => `<p>${escapeHtml(text)}</p>`)];
  return {
    subject,
    text: `${[first, link, ...rest].filter((part) => part !== null).join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${html.filter(Boolean).join('')}</body></html>`,
  };
}

/** A mail is given up after this many attempts or at this age: by then, whoever waited for it has asked again. */
const MAX_ATTEMPTS = 8;
const MAX_AGE_MS = 24 * 60 * 60_000;
const FIRST_PAUSE_MS = 5_000;
/** Pause while the mail server is unavailable. */
const OUTAGE_MS = 15_000;

/**
 * How long to wait after a failed attempt. The pause doubles with each attempt and varies by half.
 *
 * @returns milliseconds; null if the mail is given up
 */
export function retryAfterMs(
  { attempts, createdAt }: { attempts: number; createdAt: Date },
  isOutage: boolean,
  now: number,
  random = Math.random,
): number | null {
  if (now - createdAt.getTime() > MAX_AGE_MS || (!isOutage && attempts >= MAX_ATTEMPTS)) return null;
  const pause = isOutage ? OUTAGE_MS : FIRST_PAUSE_MS * 2 ** (attempts - 1);
  return pause * (0.5 + random() / 2);
}
