import { requireGlobalId } from '@tintype/graphql';
import { createClient, GraphError, type TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { createMailbox, eventually, type Mailbox, removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorize, createApp } from './platform/apps.ts';
import { PASSWORD, type Person, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { setScene, surfaces, whereSeen } from './platform/scene.ts';
import { giveRole, moderate, openCase } from './platform/staff.ts';
import { readEvents } from './stub/event-reader.ts';

const LONG = { timeoutMs: 60_000, everyMs: 250 };

/** A document that is no example operation. */
const bare = <Data = unknown>(text: string) => ({ toString: () => text }) as TypedDocument<Data, object>;

describe.each(SHAPES)('%s', (shape) => {
  let mailbox: Mailbox;
  let platform: TestPlatform;
  beforeAll(async () => {
    mailbox = await createMailbox();
    platform = await startTestPlatform(shape, mailbox.env);
    // All workers start at this time. On a busy machine, no other request gets a connection until they have.
    await eventually(() => register(platform.client), { timeoutMs: 60_000 });
  }, 300_000);
  afterAll(async () => {
    await platform?.close();
    await mailbox?.close();
  });

  const logIn = async ({ username }: Person) => {
    const input = { identifier: username, password: PASSWORD };
    const { logIn: payload } = await platform.client.request(operations.LogInDocument, { input });
    expect(payload).toMatchObject({ user: { username }, errors: [] });
    return createClient(platform.endpoint, payload!.accessToken!);
  };
  /** The answer to a refused request. */
  const refusal = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof GraphError)) throw new Error(`It was not refused: ${error}`);
    return { status: error.status, ...error.errors[0]!.extensions };
  };
  const suspensionOf = async ({ client }: { client: Person['client'] }) =>
    (await client.request(operations.ModerationDecisionsDocument, {})).suspension;
  const verify = async ({ client, username }: Person) => {
    const { token } = await mailbox.received(`${username}@example.org`, /Verify/);
    await client.request(operations.VerifyEmailDocument, { input: { token: token! } });
  };
  const sanctionEnds = ({ id }: Person) =>
    platform.environment.database.pool.query(
      `UPDATE "user".sanction SET until = now() - interval '1 second' WHERE user_id = $1`,
      [requireGlobalId('User', id)],
    );

  test('a suspended person can log in, read about it, and export, and nothing else, until it ends by itself', async () => {
    const person = await register(platform.client, 'loud');
    await verify(person);
    const { client } = person;
    expect(await suspensionOf(person)).toBeNull();
    const subscription = encodeURIComponent('subscription { notificationAdded { changeId } }');
    const listener = await readEvents(`${platform.url}/events?query=${subscription}`, {
      headers: { authorization: `Bearer ${person.token}` },
    });
    expect((await moderate(platform, { userId: person.id }, 'SUSPEND')).errors).toEqual([]);

    const suspendedUntil = expect.stringMatching(/^\d{4}-.*Z$/);
    const SUSPENDED = { status: 403, code: 'ACCOUNT_SUSPENDED', suspendedUntil };
    const refused = [
      () => client.request(operations.HomeFeedDocument, { first: 20 }),
      () => client.request(operations.FollowUserDocument, { userId: person.id }),
      () => client.request(operations.UpdateProfileDocument, { input: { bio: 'Still here' } }),
      () => client.request(bare('{ me { username posts(first: 1) { edges { node { id } } } } }'), {}),
      () => client.request(bare(`{ node(id: "${person.id}") { id } }`), {}),
      () => client.request(bare('query Own { me { ...more } } fragment more on User { followerCount }'), {}),
      async () => (await logIn(person)).request(operations.HomeFeedDocument, { first: 20 }),
    ];
    for (const ask of refused) expect(await refusal(ask())).toEqual(SUSPENDED);
    // Also when Redis knows nothing.
    await removeKeys(platform.environment.redis);
    expect(await refusal(client.request(operations.HomeFeedDocument, { first: 20 }))).toEqual(SUSPENDED);
    await listener.ended;
    const events = await fetch(`${platform.url}/events?query=${subscription}`, {
      headers: { authorization: `Bearer ${person.token}` },
    });
    expect([events.status, await events.json()]).toMatchObject([
      403,
      { errors: [{ extensions: { code: SUSPENDED.code } }] },
    ]);

    expect(
      (await client.request(bare<{ me: object }>('{ me { username displayName avatar { url } } }'), {})).me,
    ).toEqual({
      username: person.username,
      displayName: '',
      avatar: null,
    });
    const decided = await client.request(operations.ModerationDecisionsDocument, {});
    expect(decided.suspension).toEqual({ until: suspendedUntil });
    expect(decided.moderationDecisions!.edges.map(({ node }) => node)).toMatchObject([
      { action: 'SUSPEND', reason: 'SPAM', targetType: 'USER', targetId: person.id },
    ]);
    const { text } = await mailbox.received(`${person.username}@example.org`, /suspended/);
    expect(text).toMatch(/until \d{1,2} \w+ \d{4} at .* UTC\. The reason: unwanted advertising/);
    const { requestDataExport } = await client.request(operations.RequestDataExportDocument, {
      input: { password: PASSWORD },
    });
    expect(requestDataExport!.errors).toEqual([]);
    await eventually(async () => {
      const { dataExport } = await client.request(operations.DataExportDocument, {});
      expect(dataExport).toMatchObject({ state: 'READY' });
    }, LONG);
    // Others see what the person published before.
    const { user } = await platform.client.request(operations.ProfileDocument, { username: person.username });
    expect(user).toMatchObject({ username: person.username });

    await sanctionEnds(person);
    expect((await client.request(operations.HomeFeedDocument, { first: 20 })).homeFeed).not.toBeNull();
    expect(await suspensionOf(person)).toBeNull();
  }, 120_000);

  test('apps cannot act for a suspended person', async () => {
    const [owner, person] = [await register(platform.client, 'maker'), await register(platform.client, 'loud')];
    const app = await createApp(owner);
    const { access_token: token } = await authorize(platform.url, app, person, 'read');
    const asApp = createClient(platform.endpoint, token);
    expect((await asApp.request(operations.MeDocument, {})).me).toMatchObject({ username: person.username });
    await moderate(platform, { userId: person.id }, 'SUSPEND');
    expect(await refusal(asApp.request(operations.MeDocument, {}))).toEqual({ status: 403, code: 'ACCOUNT_SUSPENDED' });
    await expect(authorize(platform.url, app, person, 'read')).rejects.toThrow();
    await sanctionEnds(person);
    expect((await asApp.request(operations.MeDocument, {})).me).toMatchObject({ username: person.username });
  }, 120_000);

  test('apps of a suspended developer can act for nobody, and go on when it ends', async () => {
    const [developer, person] = [await register(platform.client, 'maker'), await register(platform.client, 'calm')];
    const app = await createApp(developer);
    const { access_token: token } = await authorize(platform.url, app, person, 'read');
    const asApp = createClient(platform.endpoint, token);
    const me = async () => (await asApp.request(operations.MeDocument, {})).me;
    expect(await me()).toMatchObject({ username: person.username });
    await moderate(platform, { userId: developer.id }, 'SUSPEND');
    for (let time = 0; time < 2; time++) {
      expect(await refusal(me())).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      // Also when Redis knows nothing.
      await removeKeys(platform.environment.redis);
    }
    await expect(authorize(platform.url, app, person, 'read')).rejects.toThrow();
    expect((await person.client.request(operations.MeDocument, {})).me).toMatchObject({ username: person.username });
    await sanctionEnds(developer);
    expect(await me()).toMatchObject({ username: person.username });
  }, 120_000);

  test('a banned account is hidden at once, and its owner can log in, export and delete it', async () => {
    const scene = await setScene(platform);
    const { ann, annsPost, comment, share } = scene;
    const traces = [ann.id, ann.username, annsPost, comment, share];
    await eventually(async () => {
      const seen = await whereSeen(surfaces(scene), traces);
      expect(seen).toEqual(expect.arrayContaining(['profile', 'home', 'comments', 'search, people']));
    }, LONG);
    expect((await moderate(platform, { userId: ann.id }, 'BAN')).errors).toEqual([]);
    expect(await whereSeen(surfaces(scene), traces)).toEqual([]);

    const banned = await logIn(ann);
    const BANNED = { status: 403, code: 'ACCOUNT_SUSPENDED', suspendedUntil: null };
    for (const client of [ann.client, banned]) {
      expect(await refusal(client.request(operations.HomeFeedDocument, { first: 20 }))).toEqual(BANNED);
      expect(await suspensionOf({ client })).toEqual({ until: null });
    }
    const input = { password: PASSWORD };
    expect((await banned.request(operations.RequestDataExportDocument, { input })).requestDataExport!.errors).toEqual(
      [],
    );
    const { deleteAccount } = await banned.request(operations.DeleteAccountDocument, { password: PASSWORD });
    expect(deleteAccount).toEqual({ deleted: true, errors: [] });
    expect(await whereSeen(surfaces(scene), traces)).toEqual([]);
  }, 180_000);

  test('a suspension and a ban end at once when the appeal is successful, and the account is shown again', async () => {
    const person = await register(platform.client, 'calm');
    await verify(person);
    for (const action of ['SUSPEND', 'BAN'] as const) {
      await moderate(platform, { userId: person.id }, action);
      const { moderationDecisions } = await person.client.request(operations.ModerationDecisionsDocument, {});
      const decisionId = moderationDecisions!.edges[0]!.node.id;
      const input = { decisionId, text: 'Somebody else had my password.' };
      const { appealDecision } = await person.client.request(operations.AppealDecisionDocument, { input });
      expect(appealDecision!.errors).toEqual([]);
      const reviewer = await register(platform.client, 'mod');
      await giveRole(platform, reviewer, 'MODERATOR');
      const { cases } = await reviewer.client.request(operations.CasesDocument, { first: 100, states: ['OPEN'] });
      const caseId = cases!.edges.find(({ node }) => node.targetId === decisionId)!.node.id;
      await reviewer.client.request(operations.ClaimCaseDocument, { input: { caseId } });
      const decision = { caseId, action: 'REVERSE' } as const;
      const { decideCase } = await reviewer.client.request(operations.DecideCaseDocument, { input: decision });
      expect(decideCase!.errors).toEqual([]);
      expect(await suspensionOf(person)).toBeNull();
      expect((await person.client.request(operations.HomeFeedDocument, { first: 20 })).homeFeed).not.toBeNull();
    }
    // Showing again what was hidden may take a moment.
    await eventually(async () => {
      const { user } = await platform.client.request(operations.ProfileDocument, { username: person.username });
      expect(user).toMatchObject({ username: person.username });
    }, LONG);
    await eventually(async () => {
      const mails = await mailbox.to(`${person.username}@example.org`);
      expect(mails.filter(({ subject }) => /undone/.test(subject))).toHaveLength(2);
    }, LONG);
  }, 120_000);

  test('a ban that cannot take effect is completed later, once', async () => {
    const person = await register(platform.client, 'loud');
    await verify(person);
    const { caseId, moderator } = await openCase(platform, { userId: person.id });
    const input = { caseId, action: 'BAN' } as const;
    const { bringBack } = platform.takeAway('social-graph');
    try {
      expect(await refusal(moderator.client.request(operations.DecideCaseDocument, { input }))).toMatchObject({
        code: expect.stringMatching(/^(UNAVAILABLE|TIMEOUT)$/),
      });
    } finally {
      bringBack();
    }
    await eventually(async () => expect(await suspensionOf(person)).toEqual({ until: null }), LONG);
    await eventually(async () => {
      const { case: decided } = await moderator.client.request(operations.CaseDocument, { caseId });
      expect(decided).toMatchObject({ state: 'CLOSED', action: 'BAN' });
    }, LONG);
    const { pool } = platform.environment.database;
    const { rows } = await pool.query(
      `SELECT count(*)::int AS count FROM "user".outbox WHERE subject = $1 AND type = $2`,
      [String(requireGlobalId('User', person.id)), 'tintype.user.account.deactivated.v1'],
    );
    expect(rows).toEqual([{ count: 1 }]);
    await mailbox.received(`${person.username}@example.org`, /banned/);
    const mails = await mailbox.to(`${person.username}@example.org`);
    expect(mails.filter(({ subject }) => /banned/.test(subject))).toHaveLength(1);
  }, 180_000);
});
