import { readFileSync } from 'node:fs';
import type { TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { buildSchema, type GraphQLField, getNamedType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { type IdPath, idPathsOf, inputValueOf, selectionOf } from './platform/selection.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));

/** An ID of the same type that does not exist. */
function unknownLike(id: string): string {
  return `${id.split('_', 1)[0]}_4611686018427387904`;
}

let platform: TestPlatform;
let viewer: Person;
let blocker: Person;
/** IDs of the blocker and of everything that they own or wrote. */
let ids: Record<string, string>;
beforeAll(async () => {
  platform = await startTestPlatform('in one process');
  const people = await Promise.all(['viewer', 'blocker', 'other'].map((name) => register(platform.client, name)));
  [viewer, blocker] = people as [Person, Person];
  const other = people[2]!;
  const [post, others] = await Promise.all([publish(blocker, 'Kept from one #kelp'), publish(other, 'For everybody')]);
  const said = await blocker.client.request(operations.CreateCommentDocument, {
    input: { postId: others, text: 'Seen by most' },
  });
  const shared = await blocker.client.request(operations.SharePostDocument, { input: { postId: others, text: '' } });
  await blocker.client.request(operations.BlockUserDocument, { userId: viewer.id });
  ids = { user: blocker.id, post, comment: said.createComment!.comment!.id, share: shared.sharePost!.share!.id };
}, 120_000);
afterAll(() => platform?.close());

type Root = { kind: 'query' | 'mutation'; field: GraphQLField<unknown, unknown>; path: IdPath };

const roots: Root[] = (['query', 'mutation'] as const).flatMap((kind) => {
  const type = kind === 'query' ? schema.getQueryType()! : schema.getMutationType()!;
  return Object.values(type.getFields()).flatMap((field) =>
    field.args.flatMap((arg) => idPathsOf(arg.name, arg.type).map((path) => ({ kind, field, path }))),
  );
});

/** The whole response for an ID, without the ID. */
async function answerFor({ kind, field, path }: Root, id: string): Promise<string> {
  const given = field.args.filter(({ name }) => name !== 'after');
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const text = `${kind} (${declared}) { ${field.name}(${passed}) ${selectionOf(schema, getNamedType(field.type), 1)} }`;
  const values = given.map(({ name, type }) => [name, inputValueOf(type, name === path[0] ? path.slice(1) : null, id)]);
  const document = { toString: () => text } as TypedDocument<unknown, object>;
  const answer = await viewer.client
    .request(document, Object.fromEntries(values))
    .catch((error: Error) => String(error));
  return JSON.stringify(answer)
    .replaceAll(id, 'ID')
    .replaceAll(/"requestId":"[^"]*"/g, '');
}

describe('for a blocked person, the blocker and everything of theirs does not exist, in', () => {
  test.each(roots.map((root) => [`${root.kind} ${root.field.name}(${root.path.join('.')})`, root] as const))(
    '%s',
    async (_name, root) => {
      for (const [what, id] of Object.entries(ids)) {
        const unknown = await answerFor(root, unknownLike(id));
        // A request that is refused before it runs would prove nothing.
        expect(unknown).not.toMatch(/QUERY_TOO|TOO_MANY_|BAD_REQUEST|VALIDATION|BAD_USER_INPUT/);
        expect(await answerFor(root, id), what).toBe(unknown);
      }
    },
  );
});

test('follows between the two end without mentioning the blocker', async () => {
  const [one, two] = (await Promise.all(['one', 'two'].map((name) => register(platform.client, name)))) as [
    Person,
    Person,
  ];
  await one.client.request(operations.MuteUserDocument, { userId: two.id });
  const postId = await publish(two, 'Liked and saved');
  await one.client.request(operations.LikePostDocument, { postId });
  await one.client.request(operations.SavePostDocument, { postId, collectionId: null });
  await two.client.request(operations.BlockUserDocument, { userId: one.id });
  const ends = `mutation { unmuteUser(input: { userId: "${two.id}" }) { user { id followerCount } errors { code } }
    unlikePost(input: { postId: "${postId}" }) { post { id likeCount } errors { code } }
    unsavePost(input: { postId: "${postId}" }) { post { id } errors { code } } }`;
  const document = { toString: () => ends } as TypedDocument<unknown, object>;
  const done = { user: null, errors: [] };
  const away = { post: null, errors: [] };
  expect(await one.client.request(document, {})).toEqual({ unmuteUser: done, unlikePost: away, unsavePost: away });
  const gone = [{ code: 'POST_NOT_FOUND' }];
  const again = {
    unmuteUser: { user: null, errors: [{ code: 'USER_NOT_FOUND' }] },
    unsavePost: { post: null, errors: gone },
  };
  expect(await one.client.request(document, {})).toMatchObject(again);
});
