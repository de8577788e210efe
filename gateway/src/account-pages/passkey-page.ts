import { htmlPage } from '#server/page.ts';
import { policyOf, STYLE } from './page-parts.ts';

/** Logs in, lists passkeys, adds and deletes them. What was typed and the access token stay in this page. */
const SCRIPT = `async function ask(query, variables, token) {
  const response = await fetch('graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: 'Bearer ' + token }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  const payload = Object.values(data ?? {})[0];
  const error = errors?.[0] ?? payload?.errors?.[0];
  if (error) throw new Error(error.message);
  return payload;
}

const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) {' +
  ' accessToken reactivated challenge { token } errors { message } } }';
const COMPLETE = 'mutation ($input: CompleteLogInInput!) { completeLogIn(input: $input) {' +
  ' accessToken reactivated errors { message } } }';
let challenge = null;

/** Returns null while a code is missing. */
async function logIn({ identifier, password, code }) {
  if (challenge) return ask(COMPLETE, { input: { challenge, code } });
  const payload = await ask(LOG_IN, { input: { identifier, password } });
  challenge = payload.challenge?.token ?? null;
  return challenge ? null : payload;
}
const [failed, succeeded] = ['alert', 'status'].map((role) => document.querySelector('[role=' + role + ']'));
const [visitor, viewer] = ['visitor', 'viewer'].map((id) => document.getElementById(id));
const codeField = document.querySelector('#code');
const list = document.querySelector('ul');
let token = null;

const ME = '{ me { username } }';
const LIST = '{ passkeys { id name lastUsedAt } }';
const LOG_OUT = 'mutation { logOut { loggedOut } }';
const START_LOG_IN = 'mutation { startPasskeyLogIn { options } }';
const LOG_IN_WITH = 'mutation ($input: LogInWithPasskeyInput!) { logInWithPasskey(input: $input) {' +
  ' accessToken errors { message } } }';
const START_CONFIRMATION = 'mutation { startPasskeyConfirmation { options } }';
const START_CREATION = 'mutation ($input: StartPasskeyCreationInput!) { startPasskeyCreation(input: $input) {' +
  ' options errors { message } } }';
const CREATE = 'mutation ($input: CreatePasskeyInput!) { createPasskey(input: $input) {' +
  ' passkey { id } errors { message } } }';
const DELETE = 'mutation ($input: DeletePasskeyInput!) { deletePasskey(input: $input) {' +
  ' deleted errors { message } } }';

/** A domain of passkeys is the host of their pages, or one above it. */
function readOptions(text, id, read) {
  const options = JSON.parse(text);
  if (location.hostname !== id(options) && !location.hostname.endsWith('.' + id(options)))
    throw new Error('Passkeys work on pages of ' + id(options) + ' only: open this page there.');
  return read(options);
}

async function answer(text) {
  const publicKey = readOptions(text, (one) => one.rpId, (one) => PublicKeyCredential.parseRequestOptionsFromJSON(one));
  return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
}

/** The password and maybe a code, or a passkey if the password is left out. */
async function confirmation() {
  const { password, code } = Object.fromEntries(new FormData(viewer.querySelector('form')));
  if (password) return { password, ...(code && { code }) };
  const { options } = await ask(START_CONFIRMATION, {}, token);
  if (options === null) throw new Error('Enter your password.');
  return { passkey: await answer(options) };
}

async function show() {
  const [me, passkeys] = [await ask(ME, {}, token), await ask(LIST, {}, token)];
  visitor.hidden = true;
  viewer.hidden = false;
  document.querySelector('#name').textContent = '@' + me.username;
  // Without a name, it is not sent. Password managers find the password by it.
  viewer.querySelector('[autocomplete=username]').value = me.username;
  list.replaceChildren(...passkeys.map(({ id, name, lastUsedAt }) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.textContent = 'Delete ' + name;
    run(button, 'click', async () => {
      await ask(DELETE, { input: { passkeyId: id, ...(await confirmation()) } }, token);
      succeeded.textContent = 'The passkey is deleted.';
      await show();
    });
    item.append(name, lastUsedAt ? ', last used ' + new Date(lastUsedAt).toLocaleString() : '', ' ', button);
    return item;
  }));
}

/** Runs a step when something happens to an element, and shows what came of it. */
function run(element, event, step) {
  element.addEventListener(event, async (happened) => {
    happened.preventDefault();
    failed.textContent = succeeded.textContent = '';
    const buttons = [...document.querySelectorAll('button')];
    for (const button of buttons) button.disabled = true;
    try {
      await step(happened.target);
    } catch (error) {
      failed.textContent = error instanceof TypeError ? 'The service could not be reached. Try again.' : error.message;
    }
    for (const button of buttons) button.disabled = false;
  });
}

run(visitor.querySelector('form'), 'submit', async (form) => {
  const loggedIn = await logIn(Object.fromEntries(new FormData(form)));
  if (loggedIn) {
    token = loggedIn.accessToken;
    return show();
  }
  codeField.hidden = false;
  codeField.querySelector('input').focus();
});

run(document.querySelector('#use'), 'click', async () => {
  const { options } = await ask(START_LOG_IN, {});
  token = (await ask(LOG_IN_WITH, { input: { credential: await answer(options) } })).accessToken;
  await show();
});

run(viewer.querySelector('form'), 'submit', async (form) => {
  const { options } = await ask(START_CREATION, { input: await confirmation() }, token);
  const publicKey = readOptions(options, (one) => one.rp.id, (one) => PublicKeyCredential.parseCreationOptionsFromJSON(one));
  const credential = JSON.stringify((await navigator.credentials.create({ publicKey })).toJSON());
  await ask(CREATE, { input: { credential, name: new FormData(form).get('passkeyName') } }, token);
  form.reset();
  succeeded.textContent = 'The passkey is added.';
  await show();
});

run(document.querySelector('#leave'), 'click', async () => {
  await ask(LOG_OUT, {}, token);
  location.reload();
});

if (!globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON)
  failed.textContent = 'This page needs a newer browser, and an address that begins with https:// or http://localhost.';
`;

export const PASSKEY_PAGE_POLICY = policyOf(SCRIPT);

/** Where a person manages their passkeys, and tries them. All texts are ours, and HTML needs none of them escaped. */
export const PASSKEY_PAGE = htmlPage({
  htmlAttributes: 'lang="en"',
  title: 'Passkeys',
  style: STYLE,
  script: SCRIPT,
  content: `<section id="visitor">
<form>
<p>Log in to manage your passkeys.</p>
<label>Username or e-mail address <input name="identifier" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<label id="code" hidden>Code from your authenticator app <input name="code" autocomplete="one-time-code"></label>
<button>Log in</button>
</form>
<p><button id="use">Log in with a passkey</button></p>
</section>
<section id="viewer" hidden>
<p>You are logged in as <strong id="name"></strong>. <button id="leave">Log out</button></p>
<ul></ul>
<form>
<p>Adding and deleting needs your password, and a code if your account has a second factor. Leave the password empty to
use a passkey instead.</p>
<input autocomplete="username" hidden>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<label>Code from your authenticator app <input name="code" autocomplete="one-time-code"></label>
<label>Name of the new passkey <input name="passkeyName" maxlength="50" required></label>
<button>Add a passkey</button>
</form>
</section>
<p role="alert"></p>
<p role="status"></p>
<noscript>This page needs JavaScript.</noscript>`,
});
