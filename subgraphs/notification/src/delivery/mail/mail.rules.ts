import { escapeHtml } from '@tintype/text';
import type { Message } from '#delivery/channel.ts';

/** A control character in a subject could start another header. */
const CONTROL = /\p{Cc}+/gu;

const FOOTER = 'You can choose in the app settings which notifications you get by mail.';

/** A mail as plain text and as HTML. */
export function mailOf({ lines, more, url }: Message): { subject: string; text: string; html: string } {
  const all = more > 0 ? [...lines, `And ${more} more.`] : [...lines];
  const count = lines.length + more;
  const subject = (count === 1 ? lines[0]! : `${count} notifications`).replace(CONTROL, ' ');
  const items = all.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return {
    subject,
    text: `${all.join('\n')}\n\n${url}\n\n${FOOTER}\n`,
    html: `<!doctype html><html lang="en"><body><ul>${items}</ul><p><a href="${escapeHtml(url)}">Open Tintype</a></p><p><small>${FOOTER}</small></p></body></html>`,
  };
}
