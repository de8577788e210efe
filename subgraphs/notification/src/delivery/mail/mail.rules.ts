import { type Language, textsIn } from '@tintype/language';
import { escapeHtml } from '@tintype/text';
import type { Message } from '#delivery/channel.ts';
import { allLinesOf } from '#delivery/message.rules.ts';

/** A control character in a subject could start another header. */
const CONTROL = /\p{Cc}+/gu;

/** A mail as plain text and as HTML. @param unsubscribeUrl the page on which the recipient can stop such mails */
export function mailOf(
  message: Message,
  unsubscribeUrl: string,
): { language: Language; subject: string; text: string; html: string } {
  const { language, lines, more, url } = message;
  const { text, htmlAttributes } = textsIn(language);
  const all = allLinesOf(message);
  const count = lines.length + more;
  const subject = (count === 1 ? lines[0]! : text('notificationMail.subject', { count })).replace(CONTROL, ' ');
  const settings = text('notificationMail.settings');
  const items = all.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  const linkTo = (address: string, label: string) => `<a href="${escapeHtml(address)}">${escapeHtml(label)}</a>`;
  const footer = `${escapeHtml(settings)} ${linkTo(unsubscribeUrl, text('notificationMail.unsubscribe'))}`;
  return {
    language,
    subject,
    text: `${all.join('\n')}\n\n${url}\n\n${settings}\n${text('notificationMail.unsubscribeAt', { url: unsubscribeUrl })}\n`,
    html: `<!doctype html><html ${htmlAttributes}><body><ul>${items}</ul><p>${linkTo(url, text('notificationMail.open'))}</p><p><small>${footer}</small></p></body></html>`,
  };
}
