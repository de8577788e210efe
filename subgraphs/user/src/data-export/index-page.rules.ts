import type { Texts } from '@tintype/language';
import { escapeHtml } from '@tintype/text';
import type { ExportedProfile } from './own-record.repository.ts';

/** What the page shows of a post. Paths are relative to the page. */
type ShownPost = {
  caption: string;
  publishedAt: string | null;
  photos: readonly { altText: string; original: { path: string }; preview: { path: string } }[];
};

const STYLE = `body{margin:0 auto;max-width:40rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:#222;background:#fafafa}
img{max-width:100%;height:auto;border-radius:.25rem}article{margin:2rem 0}p{white-space:pre-wrap;overflow-wrap:anywhere}`;
/** Nothing but pictures of the export: no script, and nothing from elsewhere. */
const POLICY = "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'";

/** The beginning of the page, up to the posts. @param files names of the files with data */
export function pageStart(profile: ExportedProfile, files: readonly string[], { text, htmlAttributes }: Texts): string {
  const name = escapeHtml(profile.displayName || profile.username);
  const avatar = profile.avatarKey === null ? '' : '<p><img src="avatar.webp" alt="" width="150" height="150"></p>\n';
  const links = files.map((file) => `<li><a href="${escapeHtml(file)}">${escapeHtml(file)}</a></li>`);
  return `<!doctype html>
<html ${htmlAttributes}>
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@${escapeHtml(profile.username)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1 dir="auto">${name} <small>@${escapeHtml(profile.username)}</small></h1>
${avatar}<p dir="auto">${escapeHtml(profile.bio)}</p>
<h2>${escapeHtml(text('dataExportIndex.data'))}</h2>
<ul>
${links.join('\n')}
</ul>
<h2>${escapeHtml(text('dataExportIndex.posts'))}</h2>
`;
}

export function pagePost({ caption, publishedAt, photos }: ShownPost, { text }: Texts): string {
  const pictures = photos.map(({ altText, original, preview }) => {
    const picture = `<img loading="lazy" src="${escapeHtml(preview.path)}" alt="${escapeHtml(altText)}">`;
    return `<a href="${escapeHtml(original.path)}">${picture}</a>`;
  });
  const time =
    publishedAt === null
      ? text('dataExportIndex.notPublished')
      : text('dataExportIndex.publishedAt', { at: new Date(publishedAt) });
  return `<article>
${pictures.join('\n')}
<p dir="auto">${escapeHtml(caption)}</p>
<small>${escapeHtml(time)}</small>
</article>
`;
}

export const PAGE_END = '</body>\n</html>\n';
