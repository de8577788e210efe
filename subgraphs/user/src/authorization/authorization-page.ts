import type { Language, Texts } from '@tintype/language';
import { escapeHtml } from '@tintype/text';
import { pageOf } from '#app/app.rules.ts';
import type { Scope } from './scope.rules.ts';

const STYLE = `body{margin:0 auto;max-width:30rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:#222;background:#fafafa}
label{display:block;margin:1rem 0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.5rem}
button{font:inherit;padding:.5rem 1rem;margin:0 .5rem 0 0}[role=alert]{color:#a00}`;

/** The app that asks, and where the answer goes. */
export type AskingApp = { name: string; website: string; redirectUri: string };

/** A page and the language that it is in. */
export type Page = { language: Language; html: string };

export function logInPage(texts: Texts, app: AskingApp, identifier = '', error?: string): Page {
  const { text } = texts;
  return page(
    texts,
    text('authorizationPage.logInTitle'),
    `<p>${escapeHtml(text('authorizationPage.logInIntroduction', { app: app.name }))}</p>
${form(
  'login',
  `${input(text('authorizationPage.identifier'), { name: 'identifier', value: identifier, autocomplete: 'username', autocapitalize: 'none' })}
${input(text('authorizationPage.password'), { name: 'password', type: 'password', autocomplete: 'current-password' })}
<button>${escapeHtml(text('authorizationPage.logIn'))}</button>`,
)}`,
    error && alert(error),
  );
}

/** @param challenge token of the login that waits for a code */
export function codePage(texts: Texts, challenge: string, error?: string): Page {
  const { text } = texts;
  return page(
    texts,
    text('authorizationPage.codeTitle'),
    `<p>${escapeHtml(text('authorizationPage.codeIntroduction'))}</p>
${form(
  'code',
  `${hidden('challenge', challenge)}
${input(text('authorizationPage.code'), { name: 'code', autocomplete: 'one-time-code', autocapitalize: 'characters' })}
<button>${escapeHtml(text('authorizationPage.continue'))}</button>`,
)}`,
    error && alert(error),
  );
}

/** @param proof that the person logged in on the page before, sealed */
export function consentPage(
  texts: Texts,
  app: AskingApp,
  { username, scopes, proof }: { username: string; scopes: readonly Scope[]; proof: string },
): Page {
  const { text } = texts;
  const address = pageOf(app.redirectUri)?.host ?? app.redirectUri;
  return page(
    texts,
    text('authorizationPage.consentTitle', { app: app.name }),
    `<p>${escapeHtml(text('authorizationPage.loggedInAs', { username }))}</p>
<p>${escapeHtml(text('authorizationPage.appMay', { app: app.name }))}</p>
<ul>
${scopes.map((scope) => `<li>${escapeHtml(text(`scope.${scope}`))}</li>`).join('\n')}
</ul>
<p>${escapeHtml(text('authorizationPage.website', { address: app.website }))}</p>
<p>${escapeHtml(text('authorizationPage.sentTo', { address }))}</p>
<p>${escapeHtml(text('authorizationPage.hint'))}</p>
${form(
  'consent',
  `${hidden('proof', proof)}
<button name="decision" value="allow">${escapeHtml(text('authorizationPage.allow'))}</button>
<button name="decision" value="deny">${escapeHtml(text('authorizationPage.deny'))}</button>`,
)}`,
  );
}

export function errorPage(texts: Texts, message: string): Page {
  return page(texts, texts.text('authorizationPage.errorTitle'), '', alert(message));
}

/** @param message for the developer of the app, in the English of the specifications */
export function protocolErrorPage(texts: Texts, message: string): Page {
  const attributes = texts.language === 'en' ? '' : ' lang="en" dir="ltr"';
  return page(texts, texts.text('authorizationPage.errorTitle'), '', alert(message, attributes));
}

/** The headers of a page. */
export function pageHeaders({ language }: Page, redirectUri?: string): Record<string, string> {
  return {
    'content-security-policy': pagePolicy(redirectUri),
    'content-language': language,
    'cache-control': 'no-store',
  };
}

/**
 * No script runs, and no other site frames the pages. Forms are sent to this origin. Browsers apply this to redirects
 * that follow, too, so the app's address is allowed.
 */
export function pagePolicy(redirectUri?: string): string {
  const app = redirectUri ? ` ${pageOf(redirectUri)?.origin ?? new URL(redirectUri).protocol}` : '';
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'script-src',
    "base-uri 'none'",
    ...(redirectUri ? [`form-action 'self'${app}`] : []),
    "frame-ancestors 'none'",
  ].join('; ');
}

/** @param notice markup above the content */
function page({ language, htmlAttributes }: Texts, title: string, content: string, notice = ''): Page {
  const html = `<!doctype html>
<html ${htmlAttributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${notice}
${content}
</main>
</body>
</html>
`;
  return { language, html };
}

function alert(message: string, attributes = ''): string {
  return `<p role="alert"${attributes}>${escapeHtml(message)}</p>`;
}

/** It is sent to the address of the page itself. */
function form(step: string, fields: string): string {
  return `<form method="post">
${hidden('step', step)}
${fields}
</form>`;
}

function hidden(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
}

function input(label: string, attributes: Record<string, string>): string {
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${escapeHtml(value)}"`);
  return `<label>${escapeHtml(label)} <input ${written.join(' ')} required></label>`;
}
