import { createECDH, randomBytes } from 'node:crypto';
import { parseGlobalId, postLink } from '@tintype/ids';
import * as operations from '@tintype/schema/operations';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { publicSettings } from '@tintype/service';
import { eventually } from '@tintype/testing';
import { type DocumentNode, type FieldNode, Kind, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorize, createApp } from './platform/apps.ts';
import { addLinkedIdentity, SILENT_PROVIDER } from './platform/linked-identities.ts';
import { createOwnership, inputFor } from './platform/ownership.ts';
import { addPasskey } from './platform/passkeys.ts';
import { follow, PASSWORD, type Person, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { computeInfluencers, type Scene, setScene } from './platform/scene.ts';
import { giveRole, openCase } from './platform/staff.ts';

type Answer = { data: Record<string, unknown> | null; errors?: { path?: string[]; extensions: { code: string } }[] };

type Asker = 'viewer' | 'visitor';
const ASKERS: readonly Asker[] = ['viewer', 'visitor'];

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

const queries = documents.filter((one) => !isMutation(one));

function pushSubscription() {
  const p256dh = createECDH('prime256v1').generateKeys('base64url');
  return { endpoint: 'https://push.example/tides', p256dh, auth: randomBytes(16).toString('base64url') };
}

/** Paths of lists in a response, without indices, with whether any list at the path has items. */
function listsIn(value: unknown, path: string, found = new Map<string, boolean>()): Map<string, boolean> {
  if (Array.isArray(value)) {
    found.set(path, value.length > 0 || found.get(path) === true);
    for (const one of value) listsIn(one, path, found);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, one] of Object.entries(value)) listsIn(one, `${path}.${key}`, found);
  }
  return found;
}

/** Every look at reported content adds an entry to the audit log, so two readings of it have others in their places. */
const MOVING = /\.auditLog\.edges\.\d+\.node\./;

describe.each(SHAPES)('%s', (shape) => {
  let platform: TestPlatform;
  let scene: Scene;
  let viewer: Person;
  let variables: Record<string, unknown>;
  const ownership = createOwnership();

  const ask = async (text: string, given: object, who: Person | 'visitor' = viewer): Promise<Answer> => {
    const authorization = who === 'visitor' ? {} : { authorization: `Bearer ${who.token}` };
    const response = await fetch(platform.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify({ query: text, variables: given }),
    });
    return (await response.json()) as Answer;
  };
  /** The response without the errors of fields that require a viewer. */
  const askAs = async (asker: Asker, text: string): Promise<Answer & { errors: NonNullable<Answer['errors']> }> => {
    const { data, errors = [] } = await ask(text, variables, asker === 'viewer' ? viewer : asker);
    const isExpected = (code: string) => asker === 'visitor' && code === 'UNAUTHENTICATED';
    return { data, errors: errors.filter(({ extensions }) => !isExpected(extensions.code)) };
  };
  const whole = (asker: Asker, text: string) =>
    eventually(async () => {
      const { data, errors } = await askAs(asker, text);
      expect(errors).toEqual([]);
      return data!;
    });

  beforeAll(async () => {
    platform = await startTestPlatform(shape, SILENT_PROVIDER);
    scene = await setScene(platform);
    const { ann, ben, eve, tag, annsPost } = scene;
    viewer = ben;
    // Items for the lists that are empty in the scene.
    const asker = await register(platform.client, 'asker');
    await publish(asker, `Ebb #${tag} #ebb`);
    await publish(asker, `Flood #${tag} #ebb`);
    await ben.client.request(operations.UpdateProfileDocument, { input: { isPrivate: true } });
    const links = [{ title: 'Prints', url: 'https://example.org' }];
    const profile = { bio: `With @${eve.username}`, pronouns: ['they'], links };
    await ann.client.request(operations.UpdateProfileDocument, { input: profile });
    await ann.client.request(operations.PinPostDocument, { postId: annsPost });
    await asker.client.request(operations.FollowUserDocument, { userId: ben.id });
    await follow(ann, asker);
    const shunned = await register(platform.client, 'shunned');
    await ben.client.request(operations.BlockUserDocument, { userId: shunned.id });
    await ben.client.request(operations.MuteUserDocument, { userId: shunned.id });
    await ben.client.request(operations.RestrictUserDocument, { userId: shunned.id });
    await ben.client.request(operations.AddCloseFriendDocument, { userId: eve.id });
    await ben.client.request(operations.FollowHashtagDocument, { name: tag });
    await ben.client.request(operations.CreateCollectionDocument, { name: 'Tides' });
    await authorize(platform.url, await createApp(ben), ben, 'read');
    await ben.client.request(operations.CreatePushSubscriptionDocument, { input: pushSubscription() });
    // Not by a moderator: entries of the audit log with details would move while the test reads it.
    await platform.environment.database.pool.query(
      `WITH decided AS (INSERT INTO moderation.case (id, target_type, target_id, person_id, closed_at)
         VALUES (1, 'USER', $1::bigint, $1::bigint, now()))
       INSERT INTO moderation.decision (id, case_id, action, reason, moderator_id, applied_at, due_at)
       VALUES (1, 1, 'WARN', 'SPAM', 2, now(), now())`,
      [parseGlobalId('User', ben.id)],
    );
    await addPasskey(ben);
    await addLinkedIdentity(platform, ben);
    const { caseId } = await openCase(platform, { postId: annsPost });
    await giveRole(platform, ben, 'ADMIN');
    const report = { userId: eve.id, reason: 'SPAM' } as const;
    await ben.client.request(operations.ReportUserDocument, { input: report });
    await ben.client.request(operations.ReportedContentDocument, { caseId });
    await ben.client.request(operations.AddBannedWordDocument, { input: { word: 'shipwreckers' } });
    variables = {
      id: annsPost,
      caseId,
      postId: annsPost,
      ids: [annsPost, ann.id],
      link: postLink(platform.environment.config.of(publicSettings).publicUrl, parseGlobalId('Post', annsPost)!),
      commentId: scene.comment,
      username: ann.username,
      name: tag,
      hashtag: tag,
      query: tag,
      prefix: tag,
      authorId: ann.id,
      commenterId: ben.id,
      userId: eve.id,
    };
    await computeInfluencers(platform);
    await eventually(async () => {
      const lists = new Map<string, boolean>();
      for (const { name, text } of queries) for (const asker of ASKERS) listsIn(await whole(asker, text), name, lists);
      expect([...lists].flatMap(([path, hasItems]) => (hasItems ? [] : [path]))).toEqual([]);
    });
  });
  afterAll(() => platform?.close());

  test.each(SUBGRAPHS)(
    'without %s every operation returns what the others have, and explains what it lacks',
    async (away) => {
      const before = new Map<string, Record<string, unknown>>();
      for (const { name, text } of queries)
        for (const asker of ASKERS) before.set(`${name} of ${asker}`, await whole(asker, text));
      const leaver = await register(platform.client, 'leaver');
      const { bringBack } = platform.takeAway(away);
      try {
        const lost: string[] = [];
        const unexplained: string[] = [];
        for (const { name: operation, text, document } of queries) {
          for (const asker of ASKERS) {
            const name = `${operation} of ${asker}`;
            const { data, errors } = await askAs(asker, text);
            expect(data, `${name} as a whole`).not.toBeNull();
            for (const { extensions } of errors) expect(extensions.code, name).toBe('UNAVAILABLE');
            const missing = ownership
              .missing(document, before.get(name)!, data!)
              .filter(({ path }) => !MOVING.test(path));
            lost.push(...missing.filter((one) => !ownership.mayLack(away, one)).map(({ path }) => name + path));
            if (errors.length === 0)
              unexplained.push(...missing.filter(({ isStale }) => !isStale).map(({ path }) => name + path));
          }
        }
        expect(lost).toEqual([]);
        // Otherwise it would look deleted.
        expect(unexplained).toEqual([]);
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
      for (const { text } of queries) for (const asker of ASKERS) await whole(asker, text);
    },
  );

  test.each(SUBGRAPHS)('without %s mutations that do not need it succeed', async (away) => {
    const mutations: Partial<Record<(typeof SUBGRAPHS)[number], string>> = {
      engagement: 'likePost(input: { postId: $postId }) { errors { code } }',
      feed: 'followHashtag(input: { name: "weir" }) { errors { code } }',
      moderation: 'reportUser(input: { userId: $userId, reason: SPAM }) { errors { code } }',
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
      // At most three errors are returned.
      if (answered.length < Object.keys(data!).length) expect(errors.length).toBeGreaterThan(0);
      for (const { path } of errors) if (path) expect(data![path[0]!]).toBeNull();
    } finally {
      bringBack();
    }
    await eventually(async () => all(await ask(text, given)));
  });

  test('without the user subgraph, the page of a post is unavailable, instead of showing no author', async () => {
    const open = () => fetch(`${platform.url}/p/${parseGlobalId('Post', scene.annsPost)}`);
    expect(await (await open()).text()).toContain(`@${scene.ann.username}`);
    const { bringBack } = platform.takeAway('user');
    try {
      const { status, headers } = await open();
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    } finally {
      bringBack();
    }
  });

  test('without social-graph visitors see what is public, and nothing else', async () => {
    const { ann, cid, annsPost, bensPost } = scene;
    const cidsPost = await publish(cid, 'High tide');
    const text = `{
      ann: post(id: "${annsPost}") { id caption author { username } likeCount }
      ben: post(id: "${bensPost}") { id }
      cid: post(id: "${cidsPost}") { id }
      gone: user(id: "${cid.id}") { id }
      nodes(ids: ${JSON.stringify([annsPost, bensPost, cidsPost, ann.id, cid.id])}) { id }
    }`;
    await cid.client.request(operations.DeactivateAccountDocument, { password: PASSWORD });
    const before = await whole('visitor', text);
    expect(before).toMatchObject({ ann: { author: { username: ann.username } }, ben: null, cid: null, gone: null });
    const { bringBack } = platform.takeAway('social-graph');
    try {
      expect(await askAs('visitor', text)).toEqual({ data: before, errors: [] });
      const page = await fetch(`${platform.url}/p/${parseGlobalId('Post', annsPost)}`);
      expect(await page.text()).toContain(`@${ann.username}`);
      const hidden = await fetch(`${platform.url}/p/${parseGlobalId('Post', bensPost)}`);
      expect(hidden.status).toBe(404);
      expect(await ask(text, variables)).toMatchObject({ data: { ann: null, cid: null, gone: null } });
    } finally {
      bringBack();
    }
  });
});
