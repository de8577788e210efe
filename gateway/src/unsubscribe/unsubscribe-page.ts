import type { Texts } from '@tintype/language';
import { escapeHtml } from '@tintype/text';
import { htmlPage } from '#server/page.ts';

const STYLE = `body{margin:0 auto;max-width:30rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:#222;background:#fafafa}
button{font:inherit;padding:.5rem 1rem}`;

/** No script runs. The form reaches only this origin. */
export const UNSUBSCRIBE_PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The form goes to the address of the page, with its token. */
export function confirmationPage(texts: Texts): string {
  const { text } = texts;
  return page(
    texts,
    text('unsubscribePage.title'),
    `<form method="post" enctype="application/x-www-form-urlencoded">
<p>${escapeHtml(text('unsubscribePage.introduction'))}</p>
<button name="List-Unsubscribe" value="One-Click">${escapeHtml(text('unsubscribePage.button'))}</button>
</form>`,
  );
}

export function donePage(texts: Texts): string {
  const { text } = texts;
  return page(texts, text('unsubscribePage.doneTitle'), `<p>${escapeHtml(text('unsubscribePage.done'))}</p>`);
}

export function refusedPage(texts: Texts): string {
  const { text } = texts;
  return page(texts, text('unsubscribePage.refusedTitle'), `<p>${escapeHtml(text('unsubscribePage.refused'))}</p>`);
}

function page({ htmlAttributes }: Texts, title: string, content: string): string {
  return htmlPage({ htmlAttributes, title, style: STYLE, content });
}
