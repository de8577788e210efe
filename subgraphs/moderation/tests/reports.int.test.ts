import { globalId } from '@tintype/ids';
import { eraseInterrupted } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createErasureSteps } from '../src/erasure/erasure.service.ts';
import { MAX_REPORTS } from '../src/limits.ts';
import { type ModerationFixture, openModeration } from './moderation.fixture.ts';

let fixture: ModerationFixture;
beforeAll(async () => {
  fixture = await openModeration();
});
afterAll(() => fixture?.close());

let reporter: bigint;
let author: bigint;
beforeEach(async () => {
  [reporter, author] = (await fixture.world.register(2)) as [bigint, bigint];
});

type Sent = { id: string; targetId: string; reason: string; text: string; outcome: string };
const FIELDS = 'report { id targetId reason text outcome }';

const reportUser = async (who: bigint, userId: bigint, more: object = {}) => {
  const input = { userId: globalId('User', userId), reason: 'HARASSMENT', ...more };
  return fixture.act<{ report: Sent | null }>(who, 'reportUser', input, FIELDS);
};
const sentBy = async (who: bigint, args = '') => {
  const text = `reports${args} { edges { cursor node { targetId outcome } } pageInfo { hasNextPage endCursor } }`;
  type Page = {
    edges: { cursor: string; node: { targetId: string; outcome: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
  return (await fixture.query<{ reports: Page }>(who, text)).reports;
};

describe('a report', () => {
  test('of an account, a post or a comment is listed by whoever sent it, newest first, and by nobody else', async () => {
    const postId = await fixture.world.publish(author);
    const commentId = fixture.comment(author);
    const { report } = await reportUser(reporter, author, { text: ' Writes to me every day. ' });
    expect(report).toMatchObject({
      targetId: globalId('User', author),
      reason: 'HARASSMENT',
      text: 'Writes to me every day.',
      outcome: 'OPEN',
    });
    for (const [name, input] of [
      ['reportPost', { postId: globalId('Post', postId), reason: 'SPAM' }],
      ['reportComment', { commentId: globalId('Comment', commentId), reason: 'HATE' }],
    ] as const)
      expect(await fixture.codes(reporter, name, input)).toEqual([]);
    const targets = [globalId('Comment', commentId), globalId('Post', postId), globalId('User', author)];
    const all = await sentBy(reporter);
    expect(all.edges.map(({ node }) => node.targetId)).toEqual(targets);
    const { pageInfo } = await sentBy(reporter, '(first: 2)');
    expect(pageInfo.hasNextPage).toBe(true);
    const rest = await sentBy(reporter, `(first: 2, after: "${pageInfo.endCursor}")`);
    expect(rest.edges.map(({ node }) => node.targetId)).toEqual(targets.slice(2));
    expect((await sentBy(author)).edges).toEqual([]);
    await expect(sentBy(author, `(after: "${pageInfo.endCursor}")`)).rejects.toThrow('cursor');
  });

  test('is sent once while the case is open, also by concurrent requests', async () => {
    const sent = await Promise.all([1, 2, 3].map(() => reportUser(reporter, author)));
    expect(new Set(sent.map(({ report }) => report!.id)).size).toBe(1);
    expect((await sentBy(reporter)).edges).toHaveLength(1);
    const moderator = await fixture.staff('MODERATOR');
    const caseId = await fixture.caseAbout(author);
    const counts = `case(id: "${caseId}") { reportCount }`;
    expect(await fixture.query(moderator, counts)).toEqual({ case: { reportCount: 1 } });
    const [other] = await fixture.world.register(1);
    await reportUser(other!, author);
    expect(await fixture.caseAbout(author)).toBe(caseId);
    expect(await fixture.query(moderator, counts)).toEqual({ case: { reportCount: 2 } });
  });

  test('of what the viewer cannot see is answered as for an unknown ID', async () => {
    const postId = await fixture.world.publish(author);
    await fixture.world.block(author, reporter);
    const unknown = 7n;
    for (const id of [author, unknown]) {
      expect((await reportUser(reporter, id)).errors.map(({ code }) => code)).toEqual(['USER_NOT_FOUND']);
    }
    for (const id of [postId, unknown]) {
      const input = { postId: globalId('Post', id), reason: 'SPAM' };
      expect(await fixture.codes(reporter, 'reportPost', input)).toEqual(['POST_NOT_FOUND']);
    }
    const input = { commentId: globalId('Comment', unknown), reason: 'SPAM' };
    expect(await fixture.codes(reporter, 'reportComment', input)).toEqual(['COMMENT_NOT_FOUND']);
    expect((await sentBy(reporter)).edges).toEqual([]);
  });

  test('of oneself, or of what one published, is refused', async () => {
    const own = { reason: 'SPAM' };
    const postId = globalId('Post', await fixture.world.publish(reporter));
    const commentId = globalId('Comment', fixture.comment(reporter));
    expect((await reportUser(reporter, reporter)).errors).toMatchObject([{ code: 'SELF_NOT_ALLOWED' }]);
    expect(await fixture.codes(reporter, 'reportPost', { postId, ...own })).toEqual(['SELF_NOT_ALLOWED']);
    expect(await fixture.codes(reporter, 'reportComment', { commentId, ...own })).toEqual(['SELF_NOT_ALLOWED']);
  });

  test.each([
    ['x'.repeat(501), 'TEXT_TOO_LONG'],
    ['a\u202eb', 'TEXT_INVALID'],
  ])('with the text %j is refused with %s', async (text, code) => {
    expect((await reportUser(reporter, author, { text })).errors).toMatchObject([{ code, path: ['input', 'text'] }]);
  });

  test('is refused after too many within a day, also if they are sent at once', async () => {
    const targets = await fixture.world.register(MAX_REPORTS + 3);
    const atOnce = targets.splice(0, 5);
    for (const id of targets) expect((await reportUser(reporter, id)).errors).toEqual([]);
    const sent = await Promise.all(atOnce.map((id) => reportUser(reporter, id)));
    const refused = sent.filter(({ report }) => report === null);
    expect(refused.map(({ errors }) => errors[0]!.code)).toEqual(Array(3).fill('TOO_MANY_REPORTS'));
    await fixture.environment.database.pool.query(
      `UPDATE moderation.report SET created_at = created_at - interval '25 hours' WHERE reporter_id = $1`,
      [reporter],
    );
    expect((await reportUser(reporter, author)).errors).toEqual([]);
  });

  test('of a visitor is refused', async () => {
    const input = { userId: globalId('User', author), reason: 'SPAM' };
    await expect(fixture.act(null, 'reportUser', input)).rejects.toThrow('Log in');
  });
});

describe('of a deleted account', () => {
  test('nothing that it wrote, and nothing that was written about it, is left, wherever the erasure is killed', async () => {
    const { pool } = fixture.environment.database;
    const [other] = await fixture.world.register(1);
    await reportUser(author, other!, { text: 'written by the deleted account' });
    await reportUser(reporter, author, { text: 'written about the deleted account' });
    await eraseInterrupted(createErasureSteps({ pool }), author, 1);
    const { rows } = await pool.query(
      `SELECT count(*)::int AS count FROM moderation.report r WHERE r.text LIKE '%the deleted account%' OR r.reporter_id = $1`,
      [author],
    );
    expect(rows[0].count).toBe(0);
    expect((await sentBy(reporter)).edges.map(({ node }) => node.outcome)).toEqual(['TARGET_DELETED']);
    const moderator = await fixture.staff('MODERATOR');
    expect(await fixture.stateOf(await fixture.caseAbout(author), moderator)).toBe('CLOSED');
    expect(await fixture.stateOf(await fixture.caseAbout(other!), moderator)).toBe('OPEN');
  });

  test('a report that was still being sent is erased, too', async () => {
    const { pool } = fixture.environment.database;
    await eraseInterrupted(createErasureSteps({ pool }), reporter, 1);
    await reportUser(reporter, author, { text: 'late' });
    expect((await sentBy(reporter)).edges).toEqual([]);
  });
});
