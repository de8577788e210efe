import { parseGlobalId, postLink } from '@tintype/ids';
import * as operations from '@tintype/schema/operations';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { publicSettings } from '@tintype/service';
import { eventually } from '@tintype/testing';
import { type DocumentNode, type FieldNode, Kind, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOwnership, inputFor } from './platform/ownership.ts';
import { follow, type Person, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

type Answer = { data: Record<string, unknown> | null; errors?: { path?: string[]; extensions: { code: string } }[] };

const documents = Object.entries(operations).flatMap(([name, text]) =>
  name.endsWith('Document')
    ? [{ name: name.slice(0, -'Document'.length), text: String(text), document: parse(String(text)) }]
    : [],
);
const isMutation = ({ document }: { document: DocumentNode }) =>
  document.definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === 'mutation');
const rootFields = (document: DocumentNode) =>
  document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? (one.selectionSet.selections as FieldNode[]) : [],
  );

describe.each(SHAPES)('%s', (shape) => {
  let platform: TestPlatform;
  let viewer: Person;
  let variables: Record<string, unknown>;
  const ownership = createOwnership();

  const ask = async (text: string, given: object, { token }: Person = viewer): Promise<Answer> => {
    const response = await fetch(platform.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: text, variables: given }),
    });
    return (await response.json()) as Answer;
  };
  const whole = (text: string) =>
    eventually(async () => {
      const answer = await ask(text, variables);
      expect(answer.errors).toBeUndefined();
      return answer.data!;
    });

  beforeAll(async () => {
    platform = await startTestPlatform(shape);
    const [me, author] = await Promise.all([register(platform.client, 'me'), register(platform.client, 'author')]);
    viewer = me!;
    await follow(me!, author!);
    const postId = await publish(author!, `at the weir with @${me!.username} #weir`);
    const { createComment } = await me!.client.request(operations.CreateCommentDocument, {
      input: { postId, text: `well seen, @${author!.username}` },
    });
    await author!.client.request(operations.FollowUserDocument, { userId: me!.id });
    variables = {
      id: postId,
      postId,
      ids: [postId, author!.id],
      link: postLink(platform.environment.config.of(publicSettings).publicUrl, parseGlobalId('Post', postId)!),
      commentId: createComment!.comment!.id,
      username: author!.username,
      name: 'weir',
      hashtag: 'weir',
      query: 'weir',
      prefix: 'we',
      authorId: author!.id,
      commenterId: me!.id,
    };
    await eventually(async () => {
      const { homeFeed } = await me!.client.request(operations.HomeFeedDocument, {});
      expect(homeFeed!.edges[0]?.node).toMatchObject({ id: postId, commentCount: 1 });
      const { notifications } = await me!.client.request(operations.NotificationsDocument, {});
      expect(notifications!.edges.map(({ node }) => node.kind)).toEqual(expect.arrayContaining(['MENTION', 'FOLLOW']));
    });
  });
  afterAll(() => platform?.close());

  test.each(SUBGRAPHS)('without %s every operation returns everything that the others have', async (away) => {
    const queries = documents.filter((one) => !isMutation(one));
    const before = new Map<string, Record<string, unknown>>();
    for (const { name, text } of queries) before.set(name, await whole(text));
    const leaver = await register(platform.client, 'leaver');
    const { bringBack } = platform.takeAway(away);
    try {
      const lost: string[] = [];
      for (const { name, text, document } of queries) {
        const { data, errors = [] } = await ask(text, variables);
        expect(data, `${name} as a whole`).not.toBeNull();
        for (const { extensions } of errors) expect(extensions.code, name).toBe('UNAVAILABLE');
        const paths = ownership.lostWithout(away, document, before.get(name)!, data!);
        lost.push(...paths.map((path) => name + path));
      }
      expect(lost).toEqual([]);
      for (const { name, text, document } of documents.filter(isMutation)) {
        const { errors = [] } = await ask(text, inputFor(document), name === 'LogOut' ? leaver : viewer);
        const codes = errors.map(({ extensions }) => extensions.code);
        const isTheirs = rootFields(document).every((field) => ownership.isOwner(away, 'Mutation', field.name.value));
        if (isTheirs) expect(codes, name).toEqual(['UNAVAILABLE']);
        else for (const code of codes) expect(code, name).toBe('UNAVAILABLE');
      }
    } finally {
      bringBack();
    }
    for (const { text } of queries) await whole(text);
  });

  test.each(SUBGRAPHS)('without %s mutations that do not need it succeed', async (away) => {
    const mutations: Partial<Record<(typeof SUBGRAPHS)[number], string>> = {
      engagement: 'likePost(input: { postId: $postId }) { errors { code } }',
      feed: 'followHashtag(input: { name: "weir" }) { errors { code } }',
      notification: 'markAllNotificationsAsRead { errors { code } }',
      post: 'createUpload(input: { files: [{ contentType: "image/png", byteSize: 1 }] }) { errors { code } }',
      'social-graph': 'muteUser(input: { userId: $userId }) { errors { code } }',
      user: 'updateProfile(input: { bio: "by the weir" }) { errors { code } }',
    };
    const fields = Object.values(mutations).join(' ');
    const text = `mutation ($postId: ID!, $userId: ID!) { ${fields} }`;
    const given = { postId: variables.postId, userId: variables.authorId };
    const all = (answer: Answer) => {
      expect(answer.errors).toBeUndefined();
      for (const payload of Object.values(answer.data!)) expect(payload).toEqual({ errors: [] });
    };
    await eventually(async () => all(await ask(text, given)));
    const { bringBack } = platform.takeAway(away);
    try {
      const { data, errors = [] } = await ask(text, given);
      const answered = Object.entries(data!).filter(([, payload]) => payload !== null);
      const own = mutations[away]?.split(/[ (]/)[0];
      expect(answered.map(([name]) => name)).not.toContain(own);
      expect(answered.length).toBeGreaterThan(0);
      for (const [name, payload] of answered) expect(payload, name).toEqual({ errors: [] });
      // No more than three errors are told.
      if (answered.length < Object.keys(data!).length) expect(errors.length).toBeGreaterThan(0);
      for (const { path } of errors) if (path) expect(data![path[0]!]).toBeNull();
    } finally {
      bringBack();
    }
    await eventually(async () => all(await ask(text, given)));
  });
});
