import type { Texts } from '@tintype/language';
import { escapeHtml } from '@tintype/text';

/** The content of the page of a post. */
export type SharedPost = {
  caption: string;
  author: { username: string; displayName: string } | null;
  media: { altText: string; standard: { url: string; width: number; height: number } | null }[];
  /** Null while it is unavailable. */
  likeCount: number | null;
  commentCount: number | null;
};

/**
 * No scripts, forms or frames. Pictures only from the origin of renditions.
 *
 * @param mediaOrigin scheme, host and port; null if the page has no pictures
 */
export function sharePagePolicy(mediaOrigin: string | null): string {
  const pictures = mediaOrigin ?? "'none'";
  return `default-src 'none'; style-src 'unsafe-inline'; img-src ${pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

const STYLE = `body{margin:0 auto;max-width:40rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:#222;background:#fafafa}
img{display:block;width:100%;height:auto;margin:.5rem 0;border-radius:.5rem}p{white-space:pre-line}footer{color:#666}`;

/** A post as a page that any browser can show and other sites can preview (Open Graph). */
export function sharePage(texts: Texts, post: SharedPost, url: string): string {
  const { text } = texts;
  const name = post.author ? post.author.displayName || post.author.username : text('sharePage.someone');
  const title = escapeHtml(text('sharePage.title', { name }));
  const caption = escapeHtml(post.caption);
  const photos = post.media.flatMap(({ altText, standard }) => (standard ? [{ altText, ...standard }] : []));
  const [first] = photos;
  const preview = first
    ? `<meta property="og:image" content="${escapeHtml(first.url)}">
<meta property="og:image:width" content="${first.width}">
<meta property="og:image:height" content="${first.height}">
<meta property="og:image:alt" content="${escapeHtml(first.altText)}">`
    : '';
  const pictures = photos.map(
    ({ url: source, width, height, altText }) =>
      `<img src="${escapeHtml(source)}" width="${width}" height="${height}" alt="${escapeHtml(altText)}">`,
  );
  const meta = `<meta name="description" content="${caption}">
<meta property="og:type" content="article">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${caption}">
<meta property="og:url" content="${escapeHtml(url)}">
${preview}`;
  const body = `<h1 dir="auto">${escapeHtml(name)}${post.author ? ` <small>@${escapeHtml(post.author.username)}</small>` : ''}</h1>
${pictures.join('\n')}
<p dir="auto">${caption}</p>
<footer>${escapeHtml(countsOf(texts, post))}</footer>`;
  return page(texts, title, meta, body);
}

/** A page that says why there is no post. */
export function noticePage(texts: Texts, message: string): string {
  return page(texts, 'Tintype', '<meta name="robots" content="noindex">', `<p>${escapeHtml(message)}</p>`);
}

function page({ htmlAttributes }: Texts, title: string, meta: string, body: string): string {
  return `<!doctype html>
<html ${htmlAttributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${meta}
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function countsOf({ text }: Texts, { likeCount, commentCount }: SharedPost): string {
  const counts = [
    likeCount !== null && text('sharePage.likes', { count: likeCount }),
    commentCount !== null && text('sharePage.comments', { count: commentCount }),
  ];
  return counts.filter(Boolean).join(' · ');
}
