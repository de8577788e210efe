import { readFileSync } from 'node:fs';
import { requireGlobalId } from '@tintype/graphql';
import { GraphError, type TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { createAuthenticator, createIdentityProvider, eventually, type TestIdentityProvider } from '@tintype/testing';
import { isHarmfulText, normaliseText } from '@tintype/text';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './platform/apps.ts';
import { addLinkedIdentity, REDIRECT_URI } from './platform/linked-identities.ts';
import { addPasskey } from './platform/passkeys.ts';
import { PASSWORD, type Person, photo, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { selectionOf } from './platform/selection.ts';
import { giveRole, moderate } from './platform/staff.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));

/** Functions that make a harmless text hostile. */
const HOSTILE: Record<string, (harmless: string) => string> = {
  'an override': (text) => within(text, '\u202e'),
  'an override at its end': (text) => `${text}\u202d`,
  'a direction that does not end': (text) => within(text, '\u2067'),
  'the end of a direction that began elsewhere': (text) => within(text, '\u2069'),
  'spaces without width alone': () => '\u200b\u200b\u2060',
  'fillers alone': () => '\u3164\u115f\u2800',
  'soft hyphens and tags alone': () => '\u00ad\u{e0041}\u{e007f}',
  'a tower of marks': (text) => `${text}${'\u0301'.repeat(40)}`,
  'a tower of marks above and below': (text) => within(text, '\u0323\u035c\u0489\u20dd'.repeat(12)),
  'a NUL': (text) => within(text, '\0'),
  'NUL alone': () => '\0',
  'a bell and an escape': (text) => within(text, '\u0007\u001b[31m'),
  'C1 controls': (text) => within(text, '\u009b\u0085'),
  'the first half of a pair': (text) => within(text, '\ud83d'),
  'the second half of a pair': (text) => `\udc00${text}`,
  'the first half of a pair at its end': (text) => `${text}\ud800`,
};
const HALF_PAIRS = Object.keys(HOSTILE).filter((name) => name.includes('of a pair'));

/** Texts that are compared or passed on, but never shown. They need not be refused, but must do no harm. */
const OPAQUE = new Set([
  'password',
  'currentPassword',
  'newPassword',
  'identifier',
  'refreshToken',
  'token',
  'code',
  'challenge',
  'credential',
  'passkey',
  'provider',
  'redirectUri',
  'flow',
  'callbackUrl',
  'signUp',
  'endpoint',
  'p256dh',
  'auth',
  'after',
  'before',
]);

function within(text: string, part: string): string {
  const middle = Math.floor(text.length / 2);
  return `${text.slice(0, middle)}${part}${text.slice(middle)}`;
}

/** Steps from an argument of a root field to a text or an id, such as `input`, `media`, `0`, `altText`. */
type TextArgument = {
  root: 'query' | 'mutation';
  field: GraphQLField<unknown, unknown>;
  steps: readonly string[];
  isId: boolean;
};

function argumentsOf(type: GraphQLInputType, steps: readonly string[]): { steps: readonly string[]; isId: boolean }[] {
  if (isNonNullType(type)) return argumentsOf(type.ofType, steps);
  if (isListType(type)) return argumentsOf(type.ofType, [...steps, '0']);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).flatMap((field) => argumentsOf(field.type, [...steps, field.name]));
  }
  return type.name === 'String' || type.name === 'ID' ? [{ steps, isId: type.name === 'ID' }] : [];
}

const textArguments: TextArgument[] = (['query', 'mutation'] as const).flatMap((root) => {
  const type = root === 'query' ? schema.getQueryType()! : schema.getMutationType()!;
  return Object.values(type.getFields()).flatMap((field) =>
    field.args.flatMap((arg) => argumentsOf(arg.type, [arg.name]).map((argument) => ({ root, field, ...argument }))),
  );
});

const nameOf = (steps: readonly string[]) => steps.findLast((step) => !/^\d+$/.test(step))!;
/** Whether the path of an error is the argument, or an object that contains it. */
const isAt = (path: string[] = [], { steps }: TextArgument) =>
  path.length > 1 && path.every((step, at) => step === steps[at]);
const isText = ({ steps, isId }: TextArgument) => !isId && !OPAQUE.has(nameOf(steps));
const titled = (some: TextArgument[]) =>
  some.map((argument) => [`${argument.field.name}(${argument.steps.join('.')})`, argument] as const);

let platform: TestPlatform;
let provider: TestIdentityProvider;
let viewer: Person;
let made = 0;
const unique = (text: string) => `${text} ${++made}`;
/** A harmless value for each name of a text or ID in an input, or for one of one type of input only. */
let harmless: Record<string, () => string | Promise<string>>;

beforeAll(async () => {
  provider = await createIdentityProvider([REDIRECT_URI]);
  // A mail server that does not respond, so that mails wait.
  platform = await startTestPlatform('in one process', { MAIL_URL: 'smtp://127.0.0.1:1', ...provider.env });
  // All workers start at this time. On a busy machine, no other request gets a connection until they have.
  viewer = await eventually(() => register(platform.client, 'viewer'), { timeoutMs: 60_000 });
  const other = await register(platform.client, 'other');
  const postId = await publish(viewer, 'To be written under #kelp');
  const input = { postId, text: 'Said' };
  const { createComment } = await viewer.client.request(operations.CreateCommentDocument, { input });
  const { createCollection } = await viewer.client.request(operations.CreateCollectionDocument, { name: 'Tides' });
  const othersPost = await publish(other, 'To be shared');
  const app = await createApp(viewer);
  await giveRole(platform, viewer, 'MODERATOR');
  const { createComment: othersComment } = await other.client.request(operations.CreateCommentDocument, { input });
  await moderate(platform, { userId: viewer.id }, 'WARN');
  const { moderationDecisions } = await viewer.client.request(operations.ModerationDecisionsDocument, {});
  // Passkeys need a verified address, and no mail arrives here.
  await platform.environment.database.pool.query('UPDATE "user".account SET email_verified_at = now() WHERE id = $1', [
    requireGlobalId('User', viewer.id),
  ]);
  const passkeyId = await addPasskey(viewer);
  const linkedIdentityId = await addLinkedIdentity(platform, viewer);
  /** Of a new passkey, while the account has room for one. */
  const newCredential = async () => {
    const input = { password: PASSWORD };
    const { startPasskeyCreation } = await viewer.client.request(operations.StartPasskeyCreationDocument, { input });
    const { options } = startPasskeyCreation!;
    // After tests with wrong passwords, the right one has to wait.
    return options ? createAuthenticator('http://localhost:4000').create(options) : 'none';
  };
  /** Of somebody new at the provider. */
  const newSignUp = async () => {
    const login = `person${++made}`;
    provider.accounts.set(login, { email: `${login}@provider.example` });
    const input = { provider: provider.key };
    const { startProviderLogIn } = await platform.client.request(operations.StartProviderLogInDocument, { input });
    const { url, flow } = startProviderLogIn!;
    const { logInWithProvider } = await platform.client.request(operations.LogInWithProviderDocument, {
      input: { flow: flow!, callbackUrl: await provider.logIn(url!, login) },
    });
    return logInWithProvider!.signUp!.token;
  };
  const nothing = () => '1';
  harmless = {
    postId: () => othersPost,
    commentId: () => createComment!.comment!.id,
    'ReportCommentInput.commentId': () => othersComment!.comment!.id,
    collectionId: () => createCollection!.collection!.id,
    uploadId: async () => (await viewer.client.upload([{ bytes: await photo(), contentType: 'image/jpeg' }]))[0]!,
    userId: () => other.id,
    username: () => `person.${++made}`,
    email: () => `person.${++made}@mail.example`,
    password: () => 'a long enough phrase',
    currentPassword: () => 'a wrong enough phrase',
    newPassword: () => 'a long enough phrase',
    token: () => 'none',
    code: () => 'none',
    challenge: () => 'none',
    credential: () => 'none',
    'CreatePasskeyInput.credential': newCredential,
    passkey: () => 'none',
    passkeyId: () => passkeyId,
    provider: () => 'example',
    redirectUri: () => REDIRECT_URI,
    flow: () => 'none',
    callbackUrl: () => REDIRECT_URI,
    signUp: newSignUp,
    linkedIdentityId: () => linkedIdentityId,
    sessionId: nothing,
    displayName: () => unique('Person'),
    bio: () => unique('Takes photos'),
    website: () => 'https://photos.example/',
    pronouns: () => 'they',
    title: () => unique('Prints'),
    url: () => `https://photos.example/${++made}`,
    caption: () => unique('Low tide'),
    altText: () => unique('A beach'),
    appId: () => app.id,
    redirectUris: () => `https://photos.example/callback/${++made}`,
    text: () => unique('Well seen'),
    words: () => unique('word'),
    word: () => `unsaid${++made}`,
    name: () => `kelp${++made}`,
    query: () => 'kelp',
    prefix: () => '#kelp',
    contentType: () => 'image/jpeg',
    timeZone: () => 'Europe/Lisbon',
    language: () => 'de',
    from: () => '22:30',
    to: () => '07:00',
    identifier: () => 'nobody.at.all',
    refreshToken: () => 'none',
    endpoint: () => 'https://push.example/1',
    p256dh: () => 'none',
    auth: () => 'none',
    after: () => 'none',
    before: () => 'none',
    link: () => 'http://127.0.0.1:4000/p/1',
    hashtag: () => 'kelp',
    parentId: () => createComment!.comment!.id,
    upTo: nothing,
    avatarUploadId: nothing,
    authorId: () => other.id,
    commenterId: () => viewer.id,
    id: nothing,
    ids: nothing,
    shareId: nothing,
    caseId: nothing,
    async decisionId() {
      // A person can appeal once.
      await platform.environment.database.pool.query(`DELETE FROM moderation.case WHERE target_type = 'DECISION'`);
      return moderationDecisions!.edges[0]!.node.id;
    },
    notificationId: nothing,
    pushSubscriptionId: nothing,
  };
}, 120_000);
afterAll(async () => {
  await platform?.close();
  await provider?.close();
});

/** A valid value with another text at `at`. Optional fields that do not lead to it are left out. */
async function inputOf(
  type: GraphQLInputType,
  name: string,
  at: readonly string[] | null,
  change: (text: string) => string,
  required = false,
): Promise<unknown> {
  if (isNonNullType(type)) return inputOf(type.ofType, name, at, change, true);
  // The password may be left out only if there is a passkey.
  if (!at && !required && name !== 'password') return undefined;
  if (isListType(type)) return [await inputOf(type.ofType, name, at?.slice(1) ?? null, change, true)];
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map(async (field) => {
      const inner = at?.[0] === field.name ? at.slice(1) : null;
      const ofType = `${type.name}.${field.name}`;
      return [field.name, await inputOf(field.type, harmless[ofType] ? ofType : field.name, inner, change)] as const;
    });
    return Object.fromEntries(await Promise.all(fields));
  }
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (type.name === 'Boolean') return true;
  if (type.name === 'Int') return 1000;
  const make = harmless[name];
  if (!make) throw new Error(`This test needs a harmless value for "${name}".`);
  return at ? change(await make()) : make();
}

type Fault = { code: string; path?: string[] };
type Outcome = { refused: string[]; faults: Fault[]; text: string };

async function ask({ root, field, steps }: TextArgument, change: (text: string) => string): Promise<Outcome> {
  const given = field.args.filter(({ name, type }) => name === steps[0] || isNonNullType(type));
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = selectionOf(schema, getNamedType(field.type), root === 'query' ? 0 : 1);
  const text = `${root} (${declared}) { answer: ${field.name}(${passed}) ${selection} }`;
  const values = given.map(async ({ name, type }) => {
    return [name, await inputOf(type, name, name === steps[0] ? steps.slice(1) : null, change)] as const;
  });
  const variables = Object.fromEntries(await Promise.all(values));
  try {
    const document = { toString: () => text } as TypedDocument<{ answer: { errors?: Fault[] } | null }, object>;
    const { answer } = await viewer.client.request(document, variables);
    return { refused: [], faults: answer?.errors ?? [], text: JSON.stringify(answer) };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { refused: error.errors.map(({ extensions }) => extensions?.code ?? 'none'), faults: [], text: '' };
  }
}

/** Texts in JSON that would harm what is shown beside them. */
function harmfulIn(json: string): string[] {
  const found: string[] = [];
  JSON.parse(json || 'null', (_key, value: unknown) => {
    if (typeof value === 'string' && isHarmful(value)) found.push(value);
    return value;
  });
  return found;
}
const isHarmful = (text: string) =>
  isHarmfulText(normaliseText(text)) || !text.isWellFormed() || text.includes('\ufffd');

describe('a hostile text in a mutation is refused with its path, or stored without the hostile part:', () => {
  test.each(titled(textArguments.filter((argument) => argument.root === 'mutation' && isText(argument))))(
    '%s',
    async (_name, argument) => {
      expect(await ask(argument, (text) => text)).toMatchObject({ refused: [], faults: [] });
      for (const [what, change] of Object.entries(HOSTILE)) {
        const { refused, faults, text } = await ask(argument, change);
        if (HALF_PAIRS.includes(what)) expect(refused, what).toEqual(['BAD_REQUEST']);
        else {
          expect(refused, what).toEqual([]);
          // Another error would hide whether the text is refused.
          for (const { path } of faults) expect(isAt(path, argument), `${what}: ${path}`).toBe(true);
          expect(harmfulIn(text), what).toEqual([]);
        }
      }
    },
  );
});

describe('no text or id of a client causes an internal error:', () => {
  test.each(titled(textArguments.filter((argument) => argument.root === 'query' || !isText(argument))))(
    '%s',
    async (_name, argument) => {
      for (const [what, change] of Object.entries(HOSTILE)) {
        const { refused, text } = await ask(argument, change);
        expect(refused, what).not.toContain('INTERNAL_SERVER_ERROR');
        expect(refused, what).not.toContain('GRAPHQL_VALIDATION_FAILED');
        expect(harmfulIn(text), what).toEqual([]);
      }
    },
  );
});

test('half of a pair does not come in through an address or a document either', async () => {
  const asked = (parameters: Record<string, string>) =>
    fetch(`${platform.endpoint}?${new URLSearchParams(parameters)}`, { headers: { 'apollo-require-preflight': '1' } });
  const query = 'query ($name: String!) { hashtag(name: $name) { name } }';
  const answers = await Promise.all([
    asked({ query, variables: '{"name":"ke\\ud800lp"}' }),
    asked({ query: '{ hashtag(name: "ke\\ud800lp") { name } }' }),
    asked({ query: '{ hashtag(name: "ke\\u{d800}lp") { name } }' }),
  ]);
  type Body = { data?: unknown; errors: { extensions: { code: string } }[] };
  const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as Body[];
  expect(bodies.map(({ data }) => data)).toEqual([undefined, undefined, undefined]);
  expect(bodies.map(({ errors }) => errors.map(({ extensions }) => extensions.code))).toEqual([
    ['BAD_REQUEST'],
    ['GRAPHQL_PARSE_FAILED'],
    ['GRAPHQL_PARSE_FAILED'],
  ]);
});

test('nothing hostile is stored anywhere after all this', async () => {
  const { pool } = platform.environment.database;
  const columns = await pool.query<{ table: string; column: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS table, quote_ident(column_name) AS column
     FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'
       AND (data_type IN ('text', 'character varying', 'json', 'jsonb') OR (data_type = 'ARRAY' AND udt_name IN ('_text', '_varchar')))`,
  );
  expect(columns.rows.length).toBeGreaterThan(50);
  const found: string[] = [];
  for (const { table, column } of columns.rows) {
    const { rows } = await pool.query<{ value: string }>(
      `SELECT to_jsonb(${column})::text AS value FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    for (const { value } of rows) for (const text of harmfulIn(value)) found.push(`${table}.${column}: ${text}`);
  }
  expect(found).toEqual([]);
});
