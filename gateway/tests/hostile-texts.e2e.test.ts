import { readFileSync } from 'node:fs';
import { GraphError, type TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
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
import { type Person, photo, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { selectionOf } from './platform/selection.ts';

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
type Place = {
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

const places: Place[] = (['query', 'mutation'] as const).flatMap((root) => {
  const type = root === 'query' ? schema.getQueryType()! : schema.getMutationType()!;
  return Object.values(type.getFields()).flatMap((field) =>
    field.args.flatMap((arg) => argumentsOf(arg.type, [arg.name]).map((place) => ({ root, field, ...place }))),
  );
});

const nameOf = (steps: readonly string[]) => steps.findLast((step) => !/^\d+$/.test(step))!;
/** Whether the path of an error is the argument, or an object that contains it. */
const isAt = (path: string[] = [], { steps }: Place) => path.length > 1 && path.every((step, at) => step === steps[at]);
const isText = ({ steps, isId }: Place) => !isId && !OPAQUE.has(nameOf(steps));
const titled = (some: Place[]) =>
  some.map((place) => [`${place.field.name}(${place.steps.join('.')})`, place] as const);

let platform: TestPlatform;
let viewer: Person;
let made = 0;
const unique = (text: string) => `${text} ${++made}`;
/** A harmless value for each name of a text or ID in an input. */
let harmless: Record<string, () => string | Promise<string>>;

beforeAll(async () => {
  // A mail server that does not respond, so that mails wait.
  platform = await startTestPlatform('in one process', { MAIL_URL: 'smtp://127.0.0.1:1' });
  // All workers start at this time. On a busy machine, no other request gets a connection until they have.
  viewer = await eventually(() => register(platform.client, 'viewer'), { timeoutMs: 60_000 });
  const other = await register(platform.client, 'other');
  const postId = await publish(viewer, 'To be written under #kelp');
  const input = { postId, text: 'Said' };
  const { createComment } = await viewer.client.request(operations.CreateCommentDocument, { input });
  const { createCollection } = await viewer.client.request(operations.CreateCollectionDocument, { name: 'Tides' });
  const othersPost = await publish(other, 'To be shared');
  const nothing = () => '1';
  harmless = {
    postId: () => othersPost,
    commentId: () => createComment!.comment!.id,
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
    sessionId: nothing,
    displayName: () => unique('Person'),
    bio: () => unique('Takes photos'),
    website: () => `https://photos.example/${++made}`,
    caption: () => unique('Low tide'),
    altText: () => unique('A beach'),
    text: () => unique('Well seen'),
    words: () => unique('word'),
    name: () => `kelp${++made}`,
    query: () => 'kelp',
    prefix: () => '#kelp',
    contentType: () => 'image/jpeg',
    timeZone: () => 'Europe/Lisbon',
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
    notificationId: nothing,
    pushSubscriptionId: nothing,
  };
}, 120_000);
afterAll(() => platform?.close());

/** A valid value with another text at `at`. Optional fields that do not lead to it are left out. */
async function inputOf(
  type: GraphQLInputType,
  name: string,
  at: readonly string[] | null,
  change: (text: string) => string,
  required = false,
): Promise<unknown> {
  if (isNonNullType(type)) return inputOf(type.ofType, name, at, change, true);
  if (!at && !required) return undefined;
  if (isListType(type)) return [await inputOf(type.ofType, name, at?.slice(1) ?? null, change, true)];
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map(async (field) => {
      const inner = at?.[0] === field.name ? at.slice(1) : null;
      return [field.name, await inputOf(field.type, field.name, inner, change)] as const;
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

async function ask({ root, field, steps }: Place, change: (text: string) => string): Promise<Outcome> {
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
  test.each(titled(places.filter((place) => place.root === 'mutation' && isText(place))))(
    '%s',
    async (_name, place) => {
      expect(await ask(place, (text) => text)).toMatchObject({ refused: [], faults: [] });
      for (const [what, change] of Object.entries(HOSTILE)) {
        const { refused, faults, text } = await ask(place, change);
        if (HALF_PAIRS.includes(what)) expect(refused, what).toEqual(['BAD_REQUEST']);
        else {
          expect(refused, what).toEqual([]);
          // Another error would hide whether the text is refused.
          for (const { path } of faults) expect(isAt(path, place), `${what}: ${path}`).toBe(true);
          expect(harmfulIn(text), what).toEqual([]);
        }
      }
    },
  );
});

describe('no text or id of a client causes an internal error:', () => {
  test.each(titled(places.filter((place) => place.root === 'query' || !isText(place))))('%s', async (_name, place) => {
    for (const [what, change] of Object.entries(HOSTILE)) {
      const { refused, text } = await ask(place, change);
      expect(refused, what).not.toContain('INTERNAL_SERVER_ERROR');
      expect(refused, what).not.toContain('GRAPHQL_VALIDATION_FAILED');
      expect(harmfulIn(text), what).toEqual([]);
    }
  });
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
