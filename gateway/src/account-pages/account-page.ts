import { createHash } from 'node:crypto';

/** A page to which a link in a mail leads. The token is in the fragment, which browsers do not send. */
type AccountPage = {
  title: string;
  introduction: string;
  /** A mutation with the variable `$input`, whose only root field is called `done`. */
  mutation: string;
  /** Fields of the form, by the field of the input that each one fills. */
  fields: readonly { name: string; label: string; type: 'password'; autocomplete: string }[];
  button: string;
  success: string;
};

const VERIFY_EMAIL: AccountPage = {
  title: 'Verify your e-mail address',
  introduction: 'Press the button to show that you receive mail at this address.',
  mutation:
    'mutation VerifyEmail($input: VerifyEmailInput!) { done: verifyEmail(input: $input) { errors { message } } }',
  fields: [],
  button: 'Verify this address',
  success: 'Your e-mail address is verified. You can close this page.',
};

const RESET_PASSWORD: AccountPage = {
  title: 'Set a new password',
  introduction: 'Choose a password of at least 10 characters that is hard to guess, such as four unrelated words.',
  mutation:
    'mutation ResetPassword($input: ResetPasswordInput!) { done: resetPassword(input: $input) { errors { message } } }',
  fields: [{ name: 'newPassword', label: 'New password', type: 'password', autocomplete: 'new-password' }],
  button: 'Set this password',
  success: 'Your password is changed, and all devices are logged out. You can close this page and log in.',
};

const STYLE = `body{margin:0 auto;max-width:30rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:#222;background:#fafafa}
label{display:block;margin:1rem 0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.5rem}
button{font:inherit;padding:.5rem 1rem}[role=alert]{color:#a00}`;

/** Sends the form's mutation with the token, and shows what came of it. */
const SCRIPT = `const form = document.querySelector('form');
const [failed, succeeded] = ['alert', 'status'].map((role) => document.querySelector('[role=' + role + ']'));
const link = new URLSearchParams(location.hash.slice(1));
const token = link.get('token');
// Without a name, it is not sent. Password managers store the password under it.
const username = form.querySelector('[autocomplete=username]');
if (username) username.value = link.get('username') ?? '';
const MISSING = 'This link is not complete. Copy the whole link from the mail.';
if (!token) failed.textContent = MISSING;
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  failed.textContent = token ? '' : MISSING;
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
    const error = errors?.[0] ?? data.done.errors[0];
    if (error) failed.textContent = error.message;
    else {
      form.remove();
      succeeded.textContent = form.dataset.success;
      history.replaceState(null, '', location.pathname);
    }
  } catch {
    failed.textContent = 'The service could not be reached. Try again.';
  }
  button.disabled = false;
});
`;

/** Only the script above runs, and it reaches only this origin. */
export const ACCOUNT_PAGE_POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`,
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The pages by their paths. */
export const ACCOUNT_PAGES: ReadonlyMap<string, string> = new Map([
  ['/verify-email', write(VERIFY_EMAIL)],
  ['/reset-password', write(RESET_PASSWORD)],
]);

/** All texts are ours and contain nothing that HTML would need escaped. */
function write({ title, introduction, mutation, fields, button, success }: AccountPage): string {
  const inputs = fields.map(
    ({ name, label, type, autocomplete }) =>
      `<label>${label} <input name="${name}" type="${type}" autocomplete="${autocomplete}" required autofocus></label>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<form data-mutation="${mutation}" data-success="${success}">
<p>${introduction}</p>
${fields.length > 0 ? '<label>Username <input autocomplete="username" readonly></label>' : ''}
${inputs.join('\n')}
<button>${button}</button>
</form>
<p role="alert"></p>
<p role="status"></p>
<noscript>This page needs JavaScript.</noscript>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
