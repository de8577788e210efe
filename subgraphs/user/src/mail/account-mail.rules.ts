import { type Language, textsIn } from '@tintype/language';
import { escapeHtml } from '@tintype/text';
import { KEPT_DAYS } from '#data-export/data-export.rules.ts';
import type { Sanction } from '#sanction/sanction.model.ts';
import type { AccountMailKind } from './account-mail.model.ts';

/** What a mail is about. */
export type MailSubject = {
  username: string;
  device: string;
  at: Date;
  /** What a moderator decided, in notices about it. */
  sanction: Pick<Sanction, 'reason' | 'until'> | null;
};

/** Mails that lead to a page. Their texts have a label for the link, which comes after the first paragraph. */
const WITH_PAGE = ['VERIFY_EMAIL', 'RESET_PASSWORD', 'DATA_EXPORT_READY'] as const;

/** A mail as plain text and as HTML. @param link the page that it leads to, if there is one */
export function writeMail(
  kind: AccountMailKind,
  { username, device, at, sanction }: MailSubject,
  link: string | null,
  language: Language,
): { language: Language; subject: string; text: string; html: string } {
  const { text, htmlAttributes } = textsIn(language);
  const about = {
    username,
    device,
    hasDevice: String(device !== ''),
    at,
    days: KEPT_DAYS,
    hasReason: String(sanction !== null),
    reason: sanction ? text(`moderationReason.${sanction.reason}`) : '',
    hasEnd: String(sanction?.until != null),
    until: sanction?.until ?? at,
  };
  const [first, ...rest] = text(`accountMail.${kind}.text`, about).split('\n\n');
  const withPage = WITH_PAGE.find((one) => one === kind);
  const label = withPage && text(`accountMail.${withPage}.action`);
  const button = link && `<p><a href="${escapeHtml(link)}">${escapeHtml(label ?? link)}</a></p>`;
  const html = [`<p>${escapeHtml(first!)}</p>`, button, ...rest.map((one) => `<p>${escapeHtml(one)}</p>`)];
  return {
    language,
    subject: text(`accountMail.${kind}.subject`),
    text: `${[first, link, ...rest].filter((part) => part !== null).join('\n\n')}\n`,
    html: `<!doctype html><html ${htmlAttributes}><body>${html.filter(Boolean).join('')}</body></html>`,
  };
}
