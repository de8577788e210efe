import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually } from '@tintype/testing';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMON_HASHTAG, type Crowd, gatherCrowd } from './platform/crowd.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { statementsMeanwhile } from './platform/statements.ts';

// A walk over the public schema. Every field is read for one object and for ten, which must need the same number of
// statements, so a new list or field without a loader fails here.

const schema = buildSchema(readFileSync(fileURLToPath(import.meta.resolve('@tintype/schema/api.graphql')), 'utf8'));
const MANY = 10;

let platform: TestPlatform;
let crowd: Crowd;
beforeAll(async () => {
  platform = await startTestPlatform('in one process', { WORKERS: 'all' });
  crowd = await gatherCrowd(platform, MANY);
});
afterAll(() => platform?.close());

/** A query for a number of objects of a type, with a selection for each. */
const ROUTES: Record<string, (count: number, of: string) => string> = {
  User: (count, of) => `me { following(first: ${count}) { edges { node { ${of} } } } }`,
  Post: (count, of) =>
    `hashtag(name: "${COMMON_HASHTAG}") { recentPosts(first: ${count}) { edges { node { ${of} } } } }`,
  Comment: (count, of) =>
    `post(id: "${crowd.postIds[0]}") { comments(order: NEWEST, first: ${count}) { edges { node { ${of} } } } }`,
  Share: (count, of) => `homeFeed(first: ${count}) { edges { share { ${of} } } }`,
  Hashtag: (count, of) => `followedHashtags(first: ${count}) { edges { node { ${of} } } }`,
  Notification: (count, of) => `notifications(first: ${count}) { edges { node { ${of} } } }`,
  Collection: (count, of) => `collections(first: ${count}) { edges { node { ${of} } } }`,
  Case: (count, of) => `cases(first: ${count}) { edges { node { ${of} } } }`,
  Report: (count, of) => `reports(first: ${count}) { edges { node { ${of} } } }`,
  AuditEntry: (count, of) => `auditLog(first: ${count}) { edges { node { ${of} } } }`,
  PostLikeActivity: (count, of) =>
    `activity(first: ${count}, kinds: [LIKE]) { edges { node { ... on PostLikeActivity { ${of} } } } }`,
  CommentActivity: (count, of) =>
    `activity(first: ${count}, kinds: [COMMENT]) { edges { node { ... on CommentActivity { ${of} } } } }`,
  SaveActivity: (count, of) =>
    `activity(first: ${count}, kinds: [SAVE]) { edges { node { ... on SaveActivity { ${of} } } } }`,
  ShareActivity: (count, of) =>
    `activity(first: ${count}, kinds: [SHARE]) { edges { node { ... on ShareActivity { ${of} } } } }`,
  Photo: (count, of) => ROUTES.Post!(count, `media { ... on Photo { ${of} } }`),
  Rendition: (count, of) => ROUTES.Photo!(count, `thumbnail { ${of} }`),
};

/** Types that are not in lists of objects of other lists, or whose fields are those of another type. */
const ALONE = new Set(
  'Query Mutation Subscription PageInfo AccountSettings App AuthorizedApp CommentFilter CommentLikeActivity NotificationPreference PushSubscription NotificationDelivery QuietHours Digest Upload UploadField Avatar Suggestion Highlight TextRange EmailAddress Session TwoFactor Passkey IdentityProvider LinkedIdentity ProviderSignUp LogInChallenge DataExport ProfileLink BioLink BioMention CaseReport ReportedContent BannedWord StaffMember ModerationDecision Suspension'.split(
    ' ',
  ),
);
const isPart = ({ name }: GraphQLNamedType) => /(Connection|Edge|Error|Payload)$/.test(name) || name.startsWith('__');

/** All leaves without required arguments. */
function leavesOf(type: GraphQLObjectType | GraphQLInterfaceType): string {
  const leaves = Object.values(type.getFields()).filter(
    (field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument),
  );
  return ['__typename', ...leaves.map(({ name }) => name)].join(' ');
}

/**
 * A selection for each field of a type that returns objects. For an interface, also for fields of only some of its
 * types.
 */
function compositesOf(type: GraphQLObjectType | GraphQLInterfaceType): Map<string, string> {
  const hasFields = (field: GraphQLField<unknown, unknown>) => !isLeafType(getNamedType(field.type));
  const common = Object.values(type.getFields()).filter(hasFields);
  const asked = new Map(common.map((field) => [field.name, askFor(field)]));
  for (const one of isInterfaceType(type) ? schema.getPossibleTypes(type) : []) {
    for (const field of Object.values(one.getFields()).filter(hasFields)) {
      if (type.getFields()[field.name]) continue;
      asked.set(field.name, `${asked.get(field.name) ?? ''} ... on ${one.name} { ${askFor(field)} }`);
    }
  }
  return asked;
}

/** The leaves of a type, and those of the nodes of a page. */
function selectionOf(type: GraphQLNamedType): string {
  if (isAbstractType(type)) {
    return schema
      .getPossibleTypes(type)
      .map((one) => `... on ${one.name} { ${leavesOf(one)} }`)
      .join(' ');
  }
  if (!isObjectType(type)) throw new Error(`${type.name} is no type that this walk knows`);
  const { edges, node } = type.getFields();
  const below = edges ?? (type.name.endsWith('Edge') ? node : undefined);
  return below ? `${leavesOf(type)} ${below.name} { ${selectionOf(getNamedType(below.type))} }` : leavesOf(type);
}

function askFor(field: GraphQLField<unknown, unknown>, first?: number): string {
  const size = first ?? 2;
  const args = field.args.some(({ name }) => name === 'first') ? `(first: ${size})` : '';
  const type = getNamedType(field.type);
  return isLeafType(type) ? field.name : `${field.name}${args} { ${selectionOf(type)} }`;
}

function count(value: unknown, key: string): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + count(one, key), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [name, one]) => sum + (name === key ? 1 : count(one, key)), 0);
}

/** Statements of a query. A busy gateway may need several tries. */
function statementsOf(query: string, check: (data: unknown) => void): Promise<string[]> {
  return eventually(() =>
    statementsMeanwhile(platform, async () =>
      check(await crowd.viewer.client.request<unknown, Record<string, never>>(query, {})),
    ),
  );
}

/** A plan may need one batch for each of several steps. One statement for each parent would be ten. */
const BATCHES = 3;

/** Statements that are sent for each parent, because they have no loader. */
function repeated(many: readonly string[], few: readonly string[]): string[] {
  const times = (all: readonly string[], text: string) => all.filter((one) => one === text).length;
  return [...new Set(many)].filter((text) => times(many, text) >= times(few, text) + BATCHES);
}

async function expectNoMore(queryFor: (many: number) => string, check: (data: unknown, many: number) => void) {
  const few = await statementsOf(queryFor(1), (data) => check(data, 1));
  // Statements of workers do not occur in every try.
  await eventually(async () => {
    const many = await statementsOf(queryFor(MANY), (data) => check(data, MANY));
    expect(repeated(many, few)).toEqual([]);
  });
}

test('every type can be requested in a batch', () => {
  const types = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isPart(type));
  const hasRoute = (type: GraphQLObjectType) => [type, ...type.getInterfaces()].some(({ name }) => ROUTES[name]);
  const unknown = types.filter((type) => !hasRoute(type) && !ALONE.has(type.name));
  expect(unknown.map(({ name }) => name)).toEqual([]);
});

describe.each(Object.keys(ROUTES))('of ten objects of type %s', (name) => {
  const type = schema.getType(name) as GraphQLObjectType | GraphQLInterfaceType;
  test.each([['what has no fields of its own', leavesOf(type)], ...compositesOf(type)])(
    '%s costs no more statements than of one',
    async (_field, selection) => {
      await expectNoMore(
        (many) => `{ ${ROUTES[name]!(many, `asked: __typename ${selection}`)} }`,
        (data, many) => expect(count(data, 'asked')).toBe(many),
      );
    },
  );
});

const rootLists = Object.values(schema.getQueryType()!.getFields()).filter(
  (field) => field.args.some((arg) => arg.name === 'first') && !field.args.some(isRequiredArgument),
);
test.each(rootLists.map((field): [string, GraphQLField<unknown, unknown>] => [field.name, field]))(
  'a page of ten of %s costs no more statements than of one',
  async (_name, field) => {
    await expectNoMore(
      (many) => `{ ${askFor(field, many)} }`,
      () => undefined,
    );
  },
);
