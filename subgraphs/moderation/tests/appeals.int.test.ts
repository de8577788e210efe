import { firstId, globalId, parseGlobalId } from '@tintype/ids';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ModerationFixture, openModeration } from './moderation.fixture.ts';

let fixture: ModerationFixture;
let moderator: bigint;
let colleague: bigint;
let admin: bigint;
beforeAll(async () => {
  fixture = await openModeration({ workers: true });
  [moderator, colleague, admin] = await Promise.all([
    fixture.staff('MODERATOR'),
    fixture.staff('MODERATOR'),
    fixture.staff('ADMIN'),
  ]);
});
afterAll(() => fixture?.close());
beforeEach(() => {
  fixture.owners.areAway = false;
  fixture.owners.hasNoAccounts = false;
  fixture.posts.caption = 'Low tide';
  for (const list of [fixture.restrictions, fixture.sanctions, fixture.reviews]) list.length = 0;
});

type Own = { id: string; action: string; state: string; appealText: string | null; appealableUntil: string | null };

const ownDecisions = async (who: bigint): Promise<Own[]> => {
  type List = { moderationDecisions: { edges: { node: Own }[] } };
  const text = 'moderationDecisions { edges { node { id action state appealText appealableUntil } } }';
  return (await fixture.query<List>(who, text)).moderationDecisions.edges.map(({ node }) => node);
};
const decide = async (who: bigint, caseId: string, action: string, more: object = {}) => {
  expect(await fixture.codes(who, 'claimCase', { caseId })).toEqual([]);
  return fixture.codes(who, 'decideCase', { caseId, action, ...more });
};
/** A decision about something that somebody published. */
async function decided(action: string, more: object = {}) {
  const reported = await fixture.reportedPost();
  expect(await decide(moderator, reported.caseId, action, more)).toEqual([]);
  const [own] = await ownDecisions(reported.author);
  return { ...reported, decisionId: own!.id };
}
const appeal = (who: bigint, decisionId: string, text = 'It is only fog.') =>
  fixture.codes(who, 'appealDecision', { decisionId, text });
const reverse = (who: bigint, caseId: string) => fixture.codes(who, 'reverseDecision', { caseId });
const caseOf = (decisionId: string) => fixture.caseAbout(parseGlobalId('ModerationDecision', decisionId)!);
const restrictionsOf = (postId: bigint) =>
  fixture.restrictions.filter(({ id }) => id === String(postId)).map(({ restriction }) => restriction);

describe('an appeal', () => {
  test('is a case for another moderator, who sees the text and what was decided about', async () => {
    const { author, caseId, decisionId } = await decided('HIDE');
    expect(await ownDecisions(author)).toMatchObject([{ state: 'IN_EFFECT', appealableUntil: expect.any(String) }]);
    expect(await appeal(author, decisionId)).toEqual([]);
    expect(await ownDecisions(author)).toMatchObject([
      { state: 'APPEALED', appealableUntil: null, appealText: 'It is only fog.' },
    ]);
    const review = await caseOf(decisionId);
    expect(await fixture.codes(moderator, 'claimCase', { caseId: review })).toEqual(['CASE_NOT_ALLOWED']);
    fixture.posts.caption = 'Edited since';
    const fields = 'state targetType targetId decidedCaseId appealText reportCount';
    const text = `case(id: "${review}") { ${fields} } reportedContent(caseId: "${review}") { text excerpt }`;
    expect(await fixture.query(colleague, text)).toEqual({
      case: {
        state: 'OPEN',
        targetType: 'DECISION',
        targetId: decisionId,
        decidedCaseId: caseId,
        appealText: 'It is only fog.',
        reportCount: 0,
      },
      reportedContent: { text: 'Edited since', excerpt: 'Low tide' },
    });
    expect(await fixture.audited(review)).toEqual(['APPEAL_SENT', 'CONTENT_VIEWED']);
  });

  test('that is upheld changes nothing, and the person is told', async () => {
    const { author, postId, decisionId } = await decided('HIDE');
    await appeal(author, decisionId);
    expect(await decide(colleague, await caseOf(decisionId), 'UPHOLD')).toEqual([]);
    expect(restrictionsOf(postId)).toEqual(['HIDDEN']);
    expect(fixture.reviews).toMatchObject([{ userId: String(author), isReversed: false }]);
    expect(await ownDecisions(author)).toMatchObject([{ state: 'UPHELD' }]);
    expect(await appeal(author, decisionId)).toEqual(['DECISION_APPEALED']);
  });

  test('that is successful undoes the decision at once', async () => {
    const { author, postId, decisionId } = await decided('REMOVE');
    await appeal(author, decisionId);
    expect(await decide(colleague, await caseOf(decisionId), 'REVERSE')).toEqual([]);
    expect(restrictionsOf(postId)).toEqual(['REMOVED', 'NONE']);
    const [imposed, undone] = fixture.restrictions;
    expect(BigInt(undone!.decisionId)).toBeGreaterThan(BigInt(imposed!.decisionId));
    expect(fixture.reviews).toEqual([{ decisionId: imposed!.decisionId, userId: String(author), isReversed: true }]);
    expect(await ownDecisions(author)).toMatchObject([{ state: 'REVERSED' }]);
  });

  test('against a suspension restricts no post when it is reversed', async () => {
    const { author, decisionId } = await decided('SUSPEND', { suspendDays: 7 });
    await appeal(author, decisionId);
    expect(await decide(admin, await caseOf(decisionId), 'REVERSE')).toEqual([]);
    expect(fixture.restrictions).toEqual([]);
    expect(fixture.reviews).toMatchObject([{ userId: String(author), isReversed: true }]);
  });

  test('is possible once, by the person only, also if several are sent at once', async () => {
    const { author, reporter, decisionId } = await decided('WARN');
    expect(await appeal(reporter, decisionId)).toEqual(['DECISION_NOT_FOUND']);
    const sent = await Promise.all([1, 2, 3].map(() => appeal(author, decisionId)));
    expect(sent.flat()).toEqual(['DECISION_APPEALED', 'DECISION_APPEALED']);
  });

  test.each([
    [' ', 'TEXT_REQUIRED'],
    ['x'.repeat(1001), 'TEXT_TOO_LONG'],
    ['a\u202eb', 'TEXT_INVALID'],
  ])('with the text %j is refused with %s', async (text, code) => {
    const { author, decisionId } = await decided('WARN');
    expect(await appeal(author, decisionId, text)).toEqual([code]);
    expect(await appeal(author, decisionId, 'x'.repeat(1000))).toEqual([]);
  });

  test('is too late after 30 days', async () => {
    const { author, decisionId } = await decided('WARN');
    await fixture.environment.database.pool.query(
      `UPDATE moderation.decision SET created_at = created_at - interval '31 days' WHERE id = $1`,
      [parseGlobalId('ModerationDecision', decisionId)],
    );
    expect(await ownDecisions(author)).toMatchObject([{ state: 'IN_EFFECT', appealableUntil: null }]);
    expect(await appeal(author, decisionId)).toEqual(['DECISION_TOO_OLD']);
  });

  test.each(['ModerationDecision_1', 'Post_1', ''])('against %j is refused', async (decisionId) => {
    expect(await appeal(moderator, decisionId)).toEqual(['DECISION_NOT_FOUND']);
  });

  test('against an appeal, or against a dismissal, is refused', async () => {
    const { author, caseId } = await fixture.reportedPost();
    await decide(moderator, caseId, 'DISMISS');
    const { rows } = await fixture.environment.database.pool.query<{ id: string }>(
      'SELECT id FROM moderation.decision WHERE case_id = $1',
      [parseGlobalId('Case', caseId)],
    );
    const dismissal = globalId('ModerationDecision', BigInt(rows[0]!.id));
    expect(await appeal(author, dismissal)).toEqual(['DECISION_NOT_FOUND']);
  });
});

describe('undoing a decision', () => {
  test('is possible without an appeal, once, and after that no appeal is', async () => {
    const { author, caseId, postId, decisionId } = await decided('HIDE');
    const sent = await Promise.all([moderator, colleague, admin].map((who) => reverse(who, caseId)));
    expect(sent.flat()).toEqual(['DECISION_REVERSED', 'DECISION_REVERSED']);
    expect(restrictionsOf(postId)).toEqual(['HIDDEN', 'NONE']);
    expect(await ownDecisions(author)).toMatchObject([{ state: 'REVERSED' }]);
    expect(await appeal(author, decisionId)).toEqual(['DECISION_REVERSED']);
    expect(await fixture.audited(await caseOf(decisionId))).toEqual(['CASE_DECIDED', 'ACTION_APPLIED']);
  });

  test('leaves another decision about the same post in effect', async () => {
    const first = await decided('REMOVE');
    const input = { postId: globalId('Post', first.postId), reason: 'HATE' };
    expect(await fixture.codes(first.reporter, 'reportPost', input)).toEqual([]);
    const second = await fixture.caseAbout(first.postId);
    expect(await decide(moderator, second, 'HIDE')).toEqual([]);
    expect(await reverse(moderator, first.caseId)).toEqual([]);
    expect(restrictionsOf(first.postId)).toEqual(['REMOVED', 'HIDDEN', 'HIDDEN']);
    expect(await reverse(moderator, second)).toEqual([]);
    expect(restrictionsOf(first.postId).at(-1)).toBe('NONE');
  });

  test('is newer than what it undoes, also for a process whose clock is behind', async () => {
    const { postId, caseId, decisionId } = await decided('HIDE');
    const id = parseGlobalId('ModerationDecision', decisionId)!;
    const tomorrow = firstId(Date.now() + 86_400_000);
    const { pool } = fixture.environment.database;
    await pool.query('UPDATE moderation.decision SET id = $2 WHERE id = $1', [id, tomorrow]);
    expect(await reverse(moderator, caseId)).toEqual([]);
    expect(fixture.restrictions.filter((one) => one.id === String(postId))).toMatchObject([
      { restriction: 'HIDDEN' },
      { restriction: 'NONE', decisionId: String(tomorrow + 1n) },
    ]);
  });

  test('waits for an appeal', async () => {
    const { author, caseId, decisionId } = await decided('HIDE');
    await appeal(author, decisionId);
    expect(await reverse(admin, caseId)).toEqual(['DECISION_APPEALED']);
    expect(await decide(colleague, await caseOf(decisionId), 'UPHOLD')).toEqual([]);
    expect(await reverse(admin, caseId)).toEqual([]);
    expect(await ownDecisions(author)).toMatchObject([{ state: 'REVERSED' }]);
  });

  test('needs a decision that is in effect', async () => {
    const open = await fixture.reportedPost();
    expect(await reverse(moderator, open.caseId)).toEqual(['CASE_NOT_DECIDED']);
    await decide(moderator, open.caseId, 'DISMISS');
    expect(await reverse(moderator, open.caseId)).toEqual(['CASE_NOT_DECIDED']);
    expect(await reverse(moderator, 'Case_1')).toEqual(['CASE_NOT_FOUND']);
    const undone = await decided('HIDE');
    await reverse(moderator, undone.caseId);
    expect(await reverse(colleague, await caseOf(undone.decisionId))).toEqual(['CASE_NOT_DECIDED']);
  });

  test('is for moderators, and not about themselves', async () => {
    const [person] = await fixture.world.register(1);
    const { caseId } = await decided('HIDE');
    await expect(fixture.act(person!, 'reverseDecision', { caseId })).rejects.toThrow('only for moderators');
    const own = await fixture.reportedPost(colleague);
    await decide(moderator, own.caseId, 'WARN');
    expect(await reverse(colleague, own.caseId)).toEqual(['CASE_NOT_ALLOWED']);
  });

  test('that cannot take effect yet is completed by the job, once', async () => {
    const { author, caseId, postId, decisionId } = await decided('HIDE');
    fixture.owners.hasNoAccounts = true;
    await expect(fixture.act(moderator, 'reverseDecision', { caseId })).rejects.toThrow('could not take effect yet');
    fixture.owners.hasNoAccounts = false;
    const review = await caseOf(decisionId);
    expect(await fixture.stateOf(review, moderator)).toBe('DECIDED');
    await fixture.environment.database.pool.query('UPDATE moderation.decision SET due_at = now()');
    await eventually(async () => expect(await fixture.stateOf(review, moderator)).toBe('CLOSED'), {
      timeoutMs: 20_000,
    });
    expect(fixture.reviews).toMatchObject([{ userId: String(author), isReversed: true }]);
    expect(restrictionsOf(postId).at(-1)).toBe('NONE');
    expect(await fixture.audited(review)).toEqual(['CASE_DECIDED', 'ACTION_APPLIED']);
  });
});

test('a case leads to the appeal against its decision and to its reversal, and they lead back', async () => {
  const { author, caseId, decisionId } = await decided('HIDE');
  const read = async (id: string) => {
    const text = `case(id: "${id}") { appealCaseId reversedAt reversalCaseId decidedCaseId }`;
    return (await fixture.query<{ case: Record<string, string | null> }>(colleague, text)).case;
  };
  const nothing = { appealCaseId: null, reversedAt: null, reversalCaseId: null, decidedCaseId: null };
  expect(await read(caseId)).toEqual(nothing);
  await appeal(author, decisionId);
  const appealCaseId = await caseOf(decisionId);
  expect(await read(caseId)).toEqual({ ...nothing, appealCaseId });
  expect(await decide(colleague, appealCaseId, 'UPHOLD')).toEqual([]);
  expect(await reverse(admin, caseId)).toEqual([]);
  const reversalCaseId = await caseOf(decisionId);
  expect(reversalCaseId).not.toBe(appealCaseId);
  expect(await read(caseId)).toEqual({ ...nothing, appealCaseId, reversedAt: expect.any(String), reversalCaseId });
  for (const id of [appealCaseId, reversalCaseId])
    expect(await read(id)).toEqual({ ...nothing, decidedCaseId: caseId });
  const successful = await decided('HIDE');
  await appeal(successful.author, successful.decisionId);
  const won = await caseOf(successful.decisionId);
  expect(await decide(colleague, won, 'REVERSE')).toEqual([]);
  expect(await read(successful.caseId)).toMatchObject({ appealCaseId: won, reversalCaseId: won });
});

test('reports during and after an appeal, and after its success, are in cases of their own', async () => {
  const { author, caseId, decisionId, postId, reporter } = await decided('WARN');
  const report = async () => {
    const input = { postId: globalId('Post', postId), reason: 'HATE' };
    expect(await fixture.codes(reporter, 'reportPost', input)).toEqual([]);
    return fixture.caseAbout(postId);
  };
  await appeal(author, decisionId);
  const during = await report();
  expect(during).not.toBe(caseId);
  expect(await fixture.stateOf(during, colleague)).toBe('OPEN');
  expect(await decide(colleague, await caseOf(decisionId), 'REVERSE')).toEqual([]);
  expect(await report()).toBe(during);
  expect(await decide(colleague, during, 'DISMISS')).toEqual([]);
  const after = await report();
  expect(after).not.toBe(during);
  expect(await fixture.stateOf(after, colleague)).toBe('OPEN');
});

test('of a deleted account, nothing that it wrote in an appeal or that was judged is left, and the appeal is closed', async () => {
  fixture.posts.caption = 'zanzibarite';
  const { author, decisionId } = await decided('WARN');
  await appeal(author, decisionId, 'zanzibarite');
  await fixture.world.deleteAccount(author);
  await eventually(async () => {
    const { rows } = await fixture.environment.database.pool.query(
      `SELECT text FROM moderation.appeal WHERE text = 'zanzibarite'
       UNION ALL SELECT excerpt FROM moderation.decision WHERE excerpt = 'zanzibarite'`,
    );
    expect(rows).toEqual([]);
    expect(await fixture.stateOf(await caseOf(decisionId), colleague)).toBe('CLOSED');
  });
});
