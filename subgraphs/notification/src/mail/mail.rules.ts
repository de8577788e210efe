import type { Message } from '#channel/channel.ts';

/** A line with control characters in it could end a header. */
const CONTROL = /\p{Cc}+/gu;

const FOOTER = 'You choose in the settings of the app what you are told by mail.';

/** What a mail says, as text and as the same in HTML. */
export function mailOf({ lines, more, url }: Message): { subject: string; text: string; html: string } {
  const all = more > 0 ? [...lines, `and ${more} more`] : [...lines];
  const count = lines.length + more;
  const subject = (count === 1 ? lines[0]! : `${count} notifications`).replace(CONTROL, ' ');
  const items = all.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return {
    subject,
    text: `${all.join('\n')}\n\n${url}\n\n${FOOTER}\n`,
    html: `<!doctype html><html lang="en"><body><ul>${items}</ul><p><a href="${escapeHtml(url)}">Open Tintype</a></p><p><small>${FOOTER}</small></p></body></html>`,
  };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}
