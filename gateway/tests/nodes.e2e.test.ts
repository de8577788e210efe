import { createECDH, randomBytes } from 'node:crypto';
import { globalId, hashtagId, type SnowflakeType } from '@tintype/ids';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { importAccounts } from '@tintype/user';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, type Person, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { statementsMeanwhile } from './platform/statements.ts';

type Node = { __typename: string; id: string; [field: string]: unknown };
type Answer = {
  data: { node?: Node | null; nodes?: (Node | null)[] } | null;
  errors?: { path?: (string | number)[]; extensions: { code: string } }[];
};

/** Objects of each type that only their owner may see. */
const KNOWN = `
  ... on User { username }
  ... on Post { caption }
  ... on Comment { text }
  ... on Share { sharer { username } }
  ... on Hashtag { postCount }
  ... on Collection { name }
  ... on Notification { isRead }
  ... on PushSubscription { endpoint }`;

describe.each(SHAPES)('%s', (shape) => {
  let platform: TestPlatform;
  let [author, viewer, stranger]: Person[] = [];
  const ids: Record<string, string> = {};

  const ask = async (query: string, variables: object, who: Person | null): Promise<Answer> => {
    const response = await fetch(platform.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(who && { authorization: `Bearer ${who.token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  };
  const node = async (id: string, who: Person | null): Promise<Node | null> => {
    const { data, errors } = await ask(`query ($id: ID!) { node(id: $id) { __typename id ${KNOWN} } }`, { id }, who);
    expect(errors).toBeUndefined();
    return data!.node!;
  };
  const nodes = (asked: readonly string[], who: Person | null) =>
    ask(`query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`, { ids: asked }, who);

  beforeAll(async () => {
    platform = await startTestPlatform(shape);
    [author, viewer, stranger] = await Promise.all(
      ['author', 'viewer', 'stranger'].map((name) => register(platform.client, name)),
    );
    await follow(viewer!, author!);
    const postId = await publish(author!, 'At the weir #weir');
    const { client } = viewer!;
    const input = { postId, text: 'Well seen' };
    const comment = (await client.request(operations.CreateCommentDocument, { input })).createComment!.comment!;
    const share = (await client.request(operations.SharePostDocument, { input })).sharePost!.share!;
    const created = await client.request(operations.CreateCollectionDocument, { name: 'Weirs' });
    const key = createECDH('prime256v1').generateKeys('base64url');
    const push = { endpoint: 'https://push.example.org/1', p256dh: key, auth: randomBytes(16).toString('base64url') };
    const registered = await client.request(operations.CreatePushSubscriptionDocument, { input: push });
    Object.assign(ids, {
      User: author!.id,
      Post: postId,
      Comment: comment.id,
      Share: share.id,
      Hashtag: hashtagId('weir'),
      Collection: created.createCollection!.collection!.id,
      PushSubscription: registered.createPushSubscription!.pushSubscription!.id,
    });
    await client.request(operations.FollowUserDocument, { userId: stranger!.id });
    await stranger!.client.request(operations.FollowUserDocument, { userId: viewer!.id });
    await eventually(async () => {
      const { notifications } = await client.request(operations.NotificationsDocument, { first: 1 });
      ids.FollowNotification = notifications!.edges[0]!.node.id;
    });
  });
  afterAll(() => platform?.close());

  test.each([
    ['User', { username: expect.stringContaining('author') }],
    ['Post', { caption: 'At the weir #weir' }],
    ['Comment', { text: 'Well seen' }],
    ['Share', { sharer: { username: expect.stringContaining('viewer') } }],
    ['Hashtag', { postCount: 1 }],
    ['Collection', { name: 'Weirs' }],
    ['FollowNotification', { isRead: false }],
    ['PushSubscription', { endpoint: 'https://push.example.org/1' }],
  ])('finds a %s by its global ID', async (type, known) => {
    expect(await node(ids[type]!, viewer!)).toMatchObject({ __typename: type, ...known });
    expect((await nodes([ids[type]!], viewer!)).data!.nodes).toEqual([{ __typename: type, id: ids[type] }]);
  });

  test.each(['Collection', 'FollowNotification', 'PushSubscription'])('shows a %s only to its owner', async (type) => {
    expect(await node(ids[type]!, stranger!)).toBeNull();
    expect(await node(ids[type]!, null)).toBeNull();
  });

  test.each(['User', 'Post', 'Comment', 'Share', 'Hashtag'])('shows a public %s to visitors', async (type) => {
    expect(await node(ids[type]!, null)).toMatchObject({ __typename: type });
  });

  test('has null for everything of an account that blocks the viewer', async () => {
    const blocked = await register(platform.client, 'blocked');
    await author!.client.request(operations.BlockUserDocument, { userId: blocked.id });
    const hidden = ['User', 'Post', 'Comment', 'Hashtag'].map((type) => ids[type]!);
    expect((await nodes(hidden, blocked)).data!.nodes).toEqual(hidden.map(() => null));
  });

  test('shows a private account, and its posts only to its followers', async () => {
    const hermit = await register(platform.client, 'hermit');
    await follow(viewer!, hermit);
    const own = [hermit.id, await publish(hermit, 'Alone')];
    await hermit.client.request(operations.UpdateProfileDocument, { input: { isPrivate: true } });
    const typesFor = async (who: Person) => (await nodes(own, who)).data!.nodes!.map((one) => one?.__typename ?? null);
    expect(await typesFor(viewer!)).toEqual(['User', 'Post']);
    expect(await typesFor(stranger!)).toEqual(['User', null]);
  });

  test('finds again what a mutation returned, until it is deleted', async () => {
    const input = { postId: ids.Post!, text: 'For a moment' };
    const { createComment } = await viewer!.client.request(operations.CreateCommentDocument, { input });
    const commentId = createComment!.comment!.id;
    expect(await node(commentId, author!)).toMatchObject({ text: 'For a moment' });
    await viewer!.client.request(operations.DeleteCommentDocument, { commentId });
    expect(await node(commentId, author!)).toBeNull();
  });

  test('has null for every text that is not the global ID of something', async () => {
    const post = ids.Post!.slice('Post_'.length);
    const wrong = [
      '',
      '_',
      'Post',
      'Post_',
      'Post_0',
      `Post_0${post}`,
      `post_${post}`,
      post,
      `User_${post}`,
      'Post_-1',
    ];
    const others = [
      `Upload_${post}`,
      `Comment_${post}`,
      'Activity_1',
      'Hashtag_',
      'Hashtag_!',
      'Hashtag_AA',
      hashtagId('Weir'),
      'Post_1',
    ];
    const all = [...wrong, ...others];
    const { data, errors } = await nodes([...all, ids.Post!], author!);
    expect(errors).toBeUndefined();
    expect(data!.nodes).toEqual([...all.map(() => null), { __typename: 'Post', id: ids.Post }]);
  });

  test('answers in the order of the IDs, also where one is repeated', async () => {
    const order = ['Post', 'User', 'Comment', 'Post', 'Hashtag', 'Share'].map((type) => ids[type]!);
    expect((await nodes(order, viewer!)).data!.nodes!.map((one) => one?.id)).toEqual(order);
  });

  test('finds 100 objects and refuses more', async () => {
    const hundred = Array.from({ length: 100 }, () => ids.User!);
    expect((await nodes(hundred, viewer!)).data!.nodes!.every((one) => one?.id === ids.User)).toBe(true);
    const { errors = [] } = await nodes([...hundred, ids.Post!], viewer!);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  test('lacks only the objects of an owner that is unavailable', async () => {
    const { bringBack } = platform.takeAway('engagement');
    try {
      const { data, errors = [] } = await nodes([ids.User!, ids.Comment!, ids.Post!], viewer!);
      expect(data!.nodes!.map((one) => one?.id ?? null)).toEqual([ids.User, null, ids.Post]);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAVAILABLE']);
    } finally {
      bringBack();
    }
    await eventually(async () => expect(await node(ids.Comment!, viewer!)).not.toBeNull());
  });

  test.runIf(shape === 'in one process')('reads 100 objects without a statement for each', async () => {
    const accounts = Array.from({ length: 60 }, (_, index) => {
      const username = `many${index}`;
      return { username, email: `${username}@example.org`, displayName: '', passwordHash: '-' };
    });
    const people = (await importAccounts(platform.environment, accounts)).map((id) => globalId('User', id));
    const absent = (type: SnowflakeType) => Array.from({ length: 16 }, (_, index) => globalId(type, BigInt(index + 1)));
    const many = [...Object.values(ids), ...people, ...absent('Comment'), ...absent('Post')];
    expect(many).toHaveLength(100);
    // Meanwhile, workers process the events of the new accounts.
    await eventually(async () => {
      const statements = await statementsMeanwhile(platform, async () => {
        const { data, errors } = await nodes(many, viewer!);
        expect(errors).toBeUndefined();
        expect(data!.nodes!.filter((one) => one)).toHaveLength(68);
      });
      const times = Map.groupBy(statements, (text) => text);
      expect(statements.length).toBeGreaterThan(0);
      // Another subgraph may read again what the owner has already read.
      expect([...times.values()].filter((all) => all.length > 3).map(([text]) => text)).toEqual([]);
    });
  });
});
