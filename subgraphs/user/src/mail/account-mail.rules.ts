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
