import type { Texts } from '@tintype/language';
import { escapeHtml } from '@tintype/text';
import { htmlPage } from '#server/page.ts';
import { policyOf, STYLE } from './page-parts.ts';

/**
 * Logs in, asks for the address of the ZIP file and logs out again. What was typed and the access token stay in this
 * page.
 */
const SCRIPT = `const form = document.querySelector('form');
const texts = JSON.parse(form.dataset.texts);
const [codeField, reactivated] = ['#code', '#reactivated'].map((id) => document.querySelector(id));
const [failed, succeeded] = ['alert', 'status'].map((role) => document.querySelector('[role=' + role + ']'));
let challenge = null;

async function ask(query, variables, token) {
  const response = await fetch('graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: 'Bearer ' + token }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  const payload = Object.values(data ?? {})[0];
  if (errors) throw new Error(texts.unavailable);
  const error = payload?.errors?.[0];
  if (error) throw new Error(texts.errors[error.code] ?? error.message);
  return payload;
}

const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) {' +
  ' accessToken reactivated challenge { token } errors { code message } } }';
const COMPLETE = 'mutation ($input: CompleteLogInInput!) { completeLogIn(input: $input) {' +
  ' accessToken reactivated errors { code message } } }';
const EXPORT = '{ dataExport { state done total url } }';

/** Returns null while a code is missing. */
async function logIn({ identifier, password, code }) {
  if (challenge) return ask(COMPLETE, { input: { challenge, code } });
  const payload = await ask(LOG_IN, { input: { identifier, password } });
  challenge = payload.challenge?.token ?? null;
  return challenge ? null : payload;
}

function show(found) {
  form.remove();
  if (found?.url) {
    const link = document.createElement('a');
    link.href = found.url;
    link.textContent = texts.download;
    const hint = document.createElement('p');
    hint.textContent = texts.downloadHint;
    succeeded.replaceChildren(link, hint);
  } else if (!found) succeeded.textContent = texts.none;
  else if (found.state === 'FAILED') succeeded.textContent = texts.failed;
  else succeeded.textContent = texts.notReady;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  failed.textContent = '';
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    const session = await logIn(Object.fromEntries(new FormData(form)));
    if (session) {
      const token = session.accessToken;
      reactivated.hidden = !session.reactivated;
      const found = await ask(EXPORT, {}, token).finally(() =>
        ask('mutation { logOut { loggedOut } }', {}, token).catch(() => undefined));
      show(found);
    } else {
      codeField.hidden = false;
      codeField.querySelector('input').focus();
    }
  } catch (error) {
    failed.textContent = error instanceof TypeError ? texts.unreachable : error.message;
  }
  button.disabled = false;
});
`;

export const DATA_EXPORT_POLICY = policyOf(SCRIPT);

/** Codes of errors that people can correct. Others are shown as the graph describes them. */
const ERRORS = ['CREDENTIALS_WRONG', 'TOO_MANY_ATTEMPTS', 'CODE_WRONG', 'CHALLENGE_INVALID'] as const;
/** The messages that the script shows. */
const OF_SCRIPT = ['download', 'downloadHint', 'none', 'failed', 'notReady'] as const;

/** Where the mail about a finished export leads. */
export function dataExportPage({ text, htmlAttributes }: Texts): string {
  const ofScript = {
    ...Object.fromEntries(OF_SCRIPT.map((name) => [name, text(`dataExportPage.${name}`)])),
    unreachable: text('accountPage.unreachable'),
    unavailable: text('pageError.UNAVAILABLE'),
    errors: Object.fromEntries(ERRORS.map((code) => [code, text(`pageError.${code}`)])),
  };
  const content = `<form data-texts="${escapeHtml(JSON.stringify(ofScript))}">
<p>${escapeHtml(text('dataExportPage.introduction'))}</p>
<label>${escapeHtml(text('dataExportPage.identifier'))} <input name="identifier" autocomplete="username" required autofocus></label>
<label>${escapeHtml(text('dataExportPage.password'))} <input name="password" type="password" autocomplete="current-password" required></label>
<label id="code" hidden>${escapeHtml(text('dataExportPage.code'))} <input name="code" autocomplete="one-time-code"></label>
<button>${escapeHtml(text('dataExportPage.logIn'))}</button>
</form>
<p role="alert"></p>
<div role="status"></div>
<p id="reactivated" hidden>${escapeHtml(text('dataExportPage.reactivated'))}</p>
<noscript>${escapeHtml(text('accountPage.noScript'))}</noscript>`;
  return htmlPage({ htmlAttributes, title: text('dataExportPage.title'), style: STYLE, content, script: SCRIPT });
}
