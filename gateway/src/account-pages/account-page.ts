import type { Texts } from '@tintype/language';
import { escapeHtml } from '@tintype/text';
import { htmlPage } from '#server/page.ts';
import { policyOf, STYLE } from './page-parts.ts';

/** A page to which a link in a mail leads. The token is in the fragment, which browsers do not send. */
type AccountPage = {
  path: string;
  /** Its messages are `accountPage.<name>.*`. */
  name: 'verifyEmail' | 'resetPassword';
  /** A mutation with the variable `$input`, whose only root field is called `done`. */
  mutation: string;
  /** Fields of the form, by the field of the input that each one fills. */
  fields: readonly { name: 'newPassword'; type: 'password'; autocomplete: string }[];
  /** Codes of errors that people can correct. Others are shown as the graph describes them. */
  errors: readonly ('TOKEN_INVALID' | 'EMAIL_TAKEN' | 'PASSWORD_WEAK')[];
};

export const ACCOUNT_PAGES: readonly AccountPage[] = [
  {
    path: '/verify-email',
    name: 'verifyEmail',
    mutation:
      'mutation VerifyEmail($input: VerifyEmailInput!) { done: verifyEmail(input: $input) { errors { code message } } }',
    fields: [],
    errors: ['TOKEN_INVALID', 'EMAIL_TAKEN'],
  },
  {
    path: '/reset-password',
    name: 'resetPassword',
    mutation:
      'mutation ResetPassword($input: ResetPasswordInput!) { done: resetPassword(input: $input) { errors { code message } } }',
    fields: [{ name: 'newPassword', type: 'password', autocomplete: 'new-password' }],
    errors: ['TOKEN_INVALID', 'PASSWORD_WEAK'],
  },
];

/** Sends the form's mutation with the token, and shows what came of it. */
const SCRIPT = `const form = document.querySelector('form');
const [failed, succeeded] = ['alert', 'status'].map((role) => document.querySelector('[role=' + role + ']'));
const texts = JSON.parse(form.dataset.texts);
const link = new URLSearchParams(location.hash.slice(1));
const token = link.get('token');
// Without a name, it is not sent. Password managers store the password under it.
const username = form.querySelector('[autocomplete=username]');
if (username) username.value = link.get('username') ?? '';
if (!token) failed.textContent = texts.incompleteLink;
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  failed.textContent = token ? '' : texts.incompleteLink;
  if (!token) return;
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    const input = { token, ...Object.fromEntries(new FormData(form)) };
    const response = await fetch('graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: form.dataset.mutation, variables: { input } }),
    });
    const { data, errors } = await response.json();
    const error = data?.done?.errors[0];
    if (errors) failed.textContent = texts.unavailable;
    else if (error) failed.textContent = texts.errors[error.code] ?? error.message;
    else {
      form.remove();
      succeeded.textContent = texts.success;
      history.replaceState(null, '', location.pathname);
    }
  } catch {
    failed.textContent = texts.unreachable;
  }
  button.disabled = false;
});
`;

export const ACCOUNT_PAGE_POLICY = policyOf(SCRIPT);

/** A page in the language of `texts`. */
export function accountPage({ name, mutation, fields, errors }: AccountPage, { text, htmlAttributes }: Texts): string {
  const ofScript = {
    success: text(`accountPage.${name}.success`),
    incompleteLink: text('accountPage.incompleteLink'),
    unreachable: text('accountPage.unreachable'),
    unavailable: text('pageError.UNAVAILABLE'),
    errors: Object.fromEntries(errors.map((code) => [code, text(`pageError.${code}`)])),
  };
  const inputs = fields.map((field) => {
    const label = escapeHtml(text(`accountPage.resetPassword.${field.name}`));
    return `<label>${label} <input name="${field.name}" type="${field.type}" autocomplete="${field.autocomplete}" required autofocus></label>`;
  });
  const username = escapeHtml(text('accountPage.username'));
  const content = `<form data-mutation="${mutation}" data-texts="${escapeHtml(JSON.stringify(ofScript))}">
<p>${escapeHtml(text(`accountPage.${name}.introduction`))}</p>
${fields.length > 0 ? `<label>${username} <input autocomplete="username" readonly></label>` : ''}
${inputs.join('\n')}
<button>${escapeHtml(text(`accountPage.${name}.button`))}</button>
</form>
<p role="alert"></p>
<p role="status"></p>
<noscript>${escapeHtml(text('accountPage.noScript'))}</noscript>`;
  return htmlPage({ htmlAttributes, title: text(`accountPage.${name}.title`), style: STYLE, content, script: SCRIPT });
}
