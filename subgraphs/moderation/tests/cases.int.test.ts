import { globalId, parseGlobalId } from '@tintype/ids';
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
  fixture.restrictions.length = 0;
  fixture.sanctions.length = 0;
});

const claim = (who: bigint, caseId: string) => fixture.codes(who, 'claimCase', { caseId });
const decide = (who: bigint, caseId: string, action: string) => fixture.codes(who, 'decideCase', { caseId, action });
const runOut = (caseId: string) =>
  fixture.environment.database.pool.query(
    `UPDATE moderation.case SET claimed_until = now() - interval '1 second' WHERE id = $1`,
    [parseGlobalId('Case', caseId)],
  );

describe('moderators only', () => {
  test.each([
    'cases { edges { node { id } } }',
    'case(id: "Case_1") { id }',
    'reportedContent(caseId: "Case_1") { text }',
    'auditLog { edges { node { kind } } }',
  ])('read %s', async (text) => {
    const [person] = await fixture.world.register(1);
    await expect(fixture.query(person!, text)).rejects.toThrow('This is only for moderators and admins.');
    await expect(fixture.query(null, text)).rejects.toThrow('Log in');
  });

  test.each(['claimCase', 'releaseCase', 'decideCase'])(
    'use %s, and from the moment of its end a role is no use',
    async (name) => {
      const { caseId } = await fixture.reportedPost();
      const input = { caseId, ...(name === 'decideCase' && { action: 'DISMISS' }) };
      const former = await fixture.staff('MODERATOR');
      fixture.roles.delete(former);
      await expect(fixture.act(former, name, input)).rejects.toThrow('This is only for moderators and admins.');
      expect(await fixture.audited(caseId)).toEqual([]);
    },
  );
});

describe('the queue', () => {
  test('is filtered by states and reasons, and paged from the oldest case', async () => {
    const first = await fixture.reportedPost();
    const second = await fixture.reportedPost();
    const input = { postId: globalId('Post', second.postId), reason: 'SELF_HARM' };
    expect(await fixture.codes(first.author, 'reportPost', input)).toEqual([]);
    await claim(moderator, second.caseId);
    type Page = { cases: { edges: { cursor: string; node: { id: string; state: string } }[] } };
    const list = async (args: string) =>
      (await fixture.query<Page>(moderator, `cases(first: 100, ${args}) { edges { cursor node { id state } } }`)).cases
        .edges;
    const idsOf = async (args: string) => (await list(args)).map(({ node }) => node.id);
    expect(await idsOf('states: [OPEN]')).toContain(first.caseId);
    expect(await idsOf('states: [OPEN]')).not.toContain(second.caseId);
    expect(await idsOf('states: [CLAIMED, CLOSED]')).toContain(second.caseId);
    expect(await idsOf('reasons: [SELF_HARM]')).toEqual([second.caseId]);
    expect(await idsOf('reasons: [SELF_HARM], states: [OPEN]')).toEqual([]);
    const all = await list('states: []');
    expect(all.map(({ node }) => node.id)).toEqual(all.map(({ node }) => node.id).toSorted(byNumber));
    const index = all.findIndex(({ node }) => node.id === first.caseId);
    expect((await list(`after: "${all[index]!.cursor}"`))[0]!.node.id).toBe(all[index + 1]!.node.id);
    await expect(list(`states: [OPEN], after: "${all[0]!.cursor}"`)).rejects.toThrow('cursor');
  });

  test('shows the reports of a case in pages, newest first', async () => {
    const { caseId, postId, reporter } = await fixture.reportedPost();
    const others = await fixture.world.register(3);
    for (const [index, who] of others.entries()) {
      const input = { postId: globalId('Post', postId), reason: 'HATE', text: `report ${index}` };
      await fixture.codes(who, 'reportPost', input);
    }
    type Reports = {
      case: {
        reportCount: number;
        reports: { edges: { node: { text: string; reporter: { id: string } } }[]; pageInfo: { endCursor: string } };
      };
    };
    const read = async (args: string) => {
      const fields = 'edges { node { text reporter { id } } } pageInfo { endCursor }';
      const text = `case(id: "${caseId}") { reportCount reports(first: 2${args}) { ${fields} } }`;
      return (await fixture.query<Reports>(moderator, text)).case;
    };
    const newest = await read('');
    expect(newest.reportCount).toBe(4);
    expect(newest.reports.edges.map(({ node }) => node.text)).toEqual(['report 2', 'report 1']);
    const { reports } = await read(`, after: "${newest.reports.pageInfo.endCursor}"`);
    expect(reports.edges.map(({ node }) => node.reporter.id)).toEqual(
      [others[0]!, reporter].map((id) => globalId('User', id)),
    );
  });
});

describe('a claim', () => {
  test('is given to one of several moderators, and is free again after a release or when it runs out', async () => {
    const { caseId } = await fixture.reportedPost();
    const claims = await Promise.all([moderator, colleague, admin].map((who) => claim(who, caseId)));
    expect(claims.flat()).toEqual(['CASE_CLAIMED', 'CASE_CLAIMED']);
    const holder = [moderator, colleague, admin][claims.findIndex((errors) => errors.length === 0)]!;
    const other = holder === moderator ? colleague : moderator;
    expect(await claim(holder, caseId)).toEqual([]);
    expect(await fixture.codes(other, 'releaseCase', { caseId })).toEqual(['CASE_NOT_CLAIMED']);
    expect(await fixture.codes(holder, 'releaseCase', { caseId })).toEqual([]);
    expect(await claim(other, caseId)).toEqual([]);
    await runOut(caseId);
    expect(await fixture.stateOf(caseId, other)).toBe('OPEN');
    expect(await decide(other, caseId, 'HIDE')).toEqual(['CASE_NOT_CLAIMED']);
    expect(await claim(holder, caseId)).toEqual([]);
    expect(await fixture.audited(caseId)).toEqual(['CASE_CLAIMED', 'CASE_RELEASED', 'CASE_CLAIMED', 'CASE_CLAIMED']);
  });

  test('of a case about oneself, or of a moderator about an admin, is refused', async () => {
    const ofModerator = await fixture.reportedPost(moderator);
    expect(await claim(moderator, ofModerator.caseId)).toEqual(['CASE_NOT_ALLOWED']);
    expect(await claim(colleague, ofModerator.caseId)).toEqual([]);
    const ofAdmin = await fixture.reportedPost(admin);
    expect(await claim(moderator, ofAdmin.caseId)).toEqual(['CASE_NOT_ALLOWED']);
    expect(await claim(admin, ofAdmin.caseId)).toEqual(['CASE_NOT_ALLOWED']);
    expect(await claim(await fixture.staff('ADMIN'), ofAdmin.caseId)).toEqual([]);
  });

  test('of what one reported, or of an appeal about it, is refused to moderators, also if they report it later', async () => {
    const { caseId, postId, author } = await fixture.reportedPost();
    const input = { postId: globalId('Post', postId), reason: 'HATE' };
    expect(await claim(moderator, caseId)).toEqual([]);
    expect(await fixture.codes(moderator, 'reportPost', input)).toEqual([]);
    expect(await decide(moderator, caseId, 'HIDE')).toEqual(['CASE_NOT_ALLOWED']);
    expect(await fixture.codes(moderator, 'releaseCase', { caseId })).toEqual([]);
    expect(await claim(moderator, caseId)).toEqual(['CASE_NOT_ALLOWED']);
    expect(await claim(colleague, caseId)).toEqual([]);
    expect(await decide(colleague, caseId, 'HIDE')).toEqual([]);
    expect(await fixture.codes(moderator, 'reverseDecision', { caseId })).toEqual(['CASE_NOT_ALLOWED']);
    type Own = { moderationDecisions: { edges: { node: { id: string } }[] } };
    const { moderationDecisions } = await fixture.query<Own>(author, 'moderationDecisions { edges { node { id } } }');
    const decisionId = moderationDecisions.edges[0]!.node.id;
    expect(await fixture.codes(author, 'appealDecision', { decisionId, text: 'It is only fog.' })).toEqual([]);
    const appealed = await fixture.caseAbout(parseGlobalId('ModerationDecision', decisionId)!);
    expect(await claim(moderator, appealed)).toEqual(['CASE_NOT_ALLOWED']);
    expect(await claim(await fixture.staff('MODERATOR'), appealed)).toEqual([]);
  });

  test('of what one reported is given to admins, because there may be nobody else', async () => {
    const { caseId, postId } = await fixture.reportedPost();
    const input = { postId: globalId('Post', postId), reason: 'HATE' };
    expect(await fixture.codes(admin, 'reportPost', input)).toEqual([]);
    expect(await claim(admin, caseId)).toEqual([]);
    expect(await decide(admin, caseId, 'DISMISS')).toEqual([]);
  });

  test('of others is needed for a case about oneself: its reports and its content are not shown', async () => {
    const { caseId } = await fixture.reportedPost(moderator);
    const text = `case(id: "${caseId}") { state reports(first: 5) { edges { node { text } } } }
      reportedContent(caseId: "${caseId}") { text }`;
    expect(await fixture.query(moderator, text)).toEqual({
      case: { state: 'OPEN', reports: null },
      reportedContent: null,
    });
    expect(await fixture.query(colleague, text)).toMatchObject({
      case: { reports: { edges: [expect.anything()] } },
      reportedContent: { text: expect.any(String) },
    });
  });

  test('of a case about somebody who has become an admin since is no use', async () => {
    const { caseId, author } = await fixture.reportedPost();
    await claim(moderator, caseId);
    fixture.roles.set(author, 'ADMIN');
    expect(await decide(moderator, caseId, 'REMOVE')).toEqual(['CASE_NOT_ALLOWED']);
    expect(fixture.restrictions).toEqual([]);
  });

  test.each(['claimCase', 'releaseCase', 'decideCase'])('of an unknown case: %s', async (name) => {
    for (const caseId of ['Case_1', 'Post_1', '']) {
      const input = { caseId, ...(name === 'decideCase' && { action: 'DISMISS' }) };
      expect(await fixture.codes(moderator, name, input)).toEqual(['CASE_NOT_FOUND']);
    }
  });
});

describe('a decision', () => {
  test.each([
    ['HIDE', 'HIDDEN', 'ACTION_TAKEN'],
    ['REMOVE', 'REMOVED', 'ACTION_TAKEN'],
    ['DISMISS', null, 'NO_ACTION'],
  ])('to %s asks the owner for %s, and the reporter sees %s', async (action, restriction, outcome) => {
    const { caseId, postId, reporter } = await fixture.reportedPost();
    await claim(moderator, caseId);
    expect(await decide(moderator, caseId, action)).toEqual([]);
    expect(fixture.restrictions.map(({ id, restriction }) => [id, restriction])).toEqual(
      restriction ? [[String(postId), restriction]] : [],
    );
    const { reports } = await fixture.query<{ reports: { edges: { node: { outcome: string } }[] } }>(
      reporter,
      'reports { edges { node { outcome } } }',
    );
    expect(reports.edges.map(({ node }) => node.outcome)).toEqual([outcome]);
    expect(await fixture.audited(caseId)).toEqual(['CASE_CLAIMED', 'CASE_DECIDED', 'ACTION_APPLIED']);
    const text = `case(id: "${caseId}") { state action moderator { id } claimedUntil }`;
    expect(await fixture.query(moderator, text)).toEqual({
      case: { state: 'CLOSED', action, moderator: { id: globalId('User', moderator) }, claimedUntil: null },
    });
  });

  test('about a comment is applied by the owner of comments', async () => {
    const { author, reporter } = await fixture.reportedPost();
    const commentId = fixture.comment(author);
    await fixture.codes(reporter, 'reportComment', { commentId: globalId('Comment', commentId), reason: 'HATE' });
    const caseId = await fixture.caseAbout(commentId);
    await claim(moderator, caseId);
    expect(await decide(moderator, caseId, 'HIDE')).toEqual([]);
    expect(fixture.restrictions).toMatchObject([{ id: String(commentId), restriction: 'HIDDEN' }]);
  });

  test('is made once, also if several requests arrive at once, and repeating it does nothing', async () => {
    const { caseId } = await fixture.reportedPost();
    await claim(moderator, caseId);
    const sent = await Promise.all([
      decide(moderator, caseId, 'HIDE'),
      decide(moderator, caseId, 'HIDE'),
      decide(colleague, caseId, 'DISMISS'),
    ]);
    expect(sent[2]).toEqual([expect.stringMatching(/^CASE_(NOT_CLAIMED|DECIDED)$/)]);
    expect(await decide(moderator, caseId, 'HIDE')).toEqual([]);
    expect(await decide(moderator, caseId, 'REMOVE')).toEqual(['CASE_DECIDED']);
    expect(await claim(colleague, caseId)).toEqual(['CASE_DECIDED']);
    expect(new Set(fixture.restrictions.map(({ decisionId }) => decisionId)).size).toBe(1);
    expect(await fixture.audited(caseId)).toEqual(['CASE_CLAIMED', 'CASE_DECIDED', 'ACTION_APPLIED']);
  });

  test('to hide an account is refused', async () => {
    const [reporter, reported] = await fixture.world.register(2);
    await fixture.codes(reporter!, 'reportUser', { userId: globalId('User', reported!), reason: 'SPAM' });
    const caseId = await fixture.caseAbout(reported!);
    await claim(moderator, caseId);
    expect(await decide(moderator, caseId, 'HIDE')).toEqual(['ACTION_NOT_APPLICABLE']);
    expect(await decide(moderator, caseId, 'DISMISS')).toEqual([]);
  });

  test.each([
    ['WARN', {}],
    ['SUSPEND', { suspendDays: 7 }],
    ['BAN', {}],
  ])('to %s is imposed by the owner of accounts, also about a post, whose author it concerns', async (action, more) => {
    const { author, caseId, postId, reporter } = await fixture.reportedPost();
    await claim(moderator, caseId);
    const input = { caseId, action, reason: 'HATE', ...more };
    expect(await fixture.codes(moderator, 'decideCase', input)).toEqual([]);
    const until = action === 'SUSPEND' ? expect.stringMatching(/Z$/) : null;
    expect(fixture.sanctions).toEqual([
      { decisionId: expect.any(String), userId: String(author), action, reason: 'HATE', until },
    ]);
    expect(fixture.restrictions).toEqual([]);
    expect(await fixture.audited(caseId)).toEqual(['CASE_CLAIMED', 'CASE_DECIDED', 'ACTION_APPLIED']);
    const read = `case(id: "${caseId}") { state action reason suspendedUntil }`;
    expect(await fixture.query(moderator, read)).toEqual({
      case: { state: 'CLOSED', action, reason: 'HATE', suspendedUntil: until },
    });
    const list = 'moderationDecisions { edges { node { action reason suspendedUntil targetType targetId } } }';
    const node = {
      action,
      reason: 'HATE',
      suspendedUntil: until,
      targetType: 'POST',
      targetId: globalId('Post', postId),
    };
    expect(await fixture.query(author, list)).toEqual({ moderationDecisions: { edges: [{ node }] } });
    expect(await fixture.query(reporter, list)).toEqual({ moderationDecisions: { edges: [] } });
  });

  test.each([
    ['USER', (author: bigint) => `@u${author}\nUna\nby the weir`],
    ['POST', () => 'Low tide'],
    ['COMMENT', () => 'Well met'],
  ] as const)('about a %s shows the person what was judged, as it was then', async (type, excerptBy) => {
    const { author, reporter, postId } = await fixture.reportedPost();
    const commentId = fixture.comment(author);
    const targets = { USER: author, POST: postId, COMMENT: commentId };
    if (type === 'USER')
      await fixture.codes(reporter, 'reportUser', { userId: globalId('User', author), reason: 'HATE' });
    if (type === 'COMMENT')
      await fixture.codes(reporter, 'reportComment', { commentId: globalId('Comment', commentId), reason: 'HATE' });
    const caseId = await fixture.caseAbout(targets[type]);
    await claim(moderator, caseId);
    const read = `reportedContent(caseId: "${caseId}") { excerpt }`;
    expect(await fixture.query(moderator, read)).toEqual({ reportedContent: { excerpt: null } });
    expect(await decide(moderator, caseId, 'WARN')).toEqual([]);
    fixture.posts.caption = 'edited';
    const excerpt = excerptBy(author);
    expect(await fixture.query(author, 'moderationDecisions { edges { node { excerpt } } }')).toEqual({
      moderationDecisions: { edges: [{ node: { excerpt } }] },
    });
    expect(await fixture.query(moderator, read)).toEqual({ reportedContent: { excerpt } });
  });

  test('keeps the beginning of a long text, and nothing if the text cannot be read or nothing is done', async () => {
    const [long, away, dismissed] = [
      await fixture.reportedPost(),
      await fixture.reportedPost(),
      await fixture.reportedPost(),
    ];
    for (const { caseId } of [long, away, dismissed]) await claim(moderator, caseId);
    expect(await decide(moderator, dismissed.caseId, 'DISMISS')).toEqual([]);
    fixture.posts.caption = 'x'.repeat(2200);
    expect(await decide(moderator, long.caseId, 'HIDE')).toEqual([]);
    fixture.owners.areAway = true;
    expect(await decide(moderator, away.caseId, 'WARN')).toEqual([]);
    const { rows } = await fixture.environment.database.pool.query<{ excerpt: string | null }>(
      'SELECT excerpt FROM moderation.decision WHERE case_id = ANY($1) ORDER BY id',
      [[dismissed, long, away].map(({ caseId }) => parseGlobalId('Case', caseId))],
    );
    expect(rows.map(({ excerpt }) => excerpt)).toEqual([null, `${'x'.repeat(199)}…`, null]);
    expect(fixture.sanctions).toMatchObject([{ action: 'HIDE' }, { action: 'WARN' }]);
  });

  test.each([
    ['SUSPEND', {}],
    ['SUSPEND', { suspendDays: 0 }],
    ['SUSPEND', { suspendDays: 366 }],
    ['BAN', { suspendDays: 7 }],
    ['HIDE', { suspendDays: 7 }],
  ])('to %s for %o is refused', async (action, more) => {
    const { caseId } = await fixture.reportedPost();
    await claim(moderator, caseId);
    expect(await fixture.codes(moderator, 'decideCase', { caseId, action, ...more })).toEqual(['SUSPENSION_INVALID']);
    expect(fixture.sanctions).toEqual([]);
  });

  test('is told with the reason of the first report, unless it was dismissed', async () => {
    const [hidden, dismissed] = [await fixture.reportedPost(), await fixture.reportedPost()];
    await claim(moderator, hidden.caseId);
    expect(await decide(moderator, hidden.caseId, 'HIDE')).toEqual([]);
    await claim(moderator, dismissed.caseId);
    expect(await decide(moderator, dismissed.caseId, 'DISMISS')).toEqual([]);
    expect(fixture.sanctions).toMatchObject([{ userId: String(hidden.author), action: 'HIDE', reason: 'SPAM' }]);
    const list = 'moderationDecisions { edges { node { id } } }';
    expect(await fixture.query(dismissed.author, list)).toEqual({ moderationDecisions: { edges: [] } });
  });

  test('whose sanction cannot be imposed yet has hidden the post, and is completed by the job, once', async () => {
    const { author, caseId, postId } = await fixture.reportedPost();
    await claim(moderator, caseId);
    fixture.owners.hasNoAccounts = true;
    await expect(decide(moderator, caseId, 'HIDE')).rejects.toThrow('could not take effect yet');
    expect(fixture.restrictions).toMatchObject([{ id: String(postId), restriction: 'HIDDEN' }]);
    expect(await fixture.stateOf(caseId, moderator)).toBe('DECIDED');
    const list = 'moderationDecisions { edges { node { id } } }';
    expect(await fixture.query(author, list)).toEqual({ moderationDecisions: { edges: [] } });
    fixture.owners.hasNoAccounts = false;
    await fixture.environment.database.pool.query('UPDATE moderation.decision SET due_at = now()');
    await eventually(async () => expect(await fixture.stateOf(caseId, moderator)).toBe('CLOSED'), {
      timeoutMs: 20_000,
    });
    expect(fixture.sanctions).toMatchObject([{ userId: String(author), action: 'HIDE' }]);
    expect(await fixture.audited(caseId)).toEqual(['CASE_CLAIMED', 'CASE_DECIDED', 'ACTION_APPLIED']);
  });

  test('that the owner cannot be told fails, claims nothing, and is applied by the job', async () => {
    const { caseId, postId, reporter } = await fixture.reportedPost();
    await claim(moderator, caseId);
    fixture.owners.areAway = true;
    await expect(decide(moderator, caseId, 'HIDE')).rejects.toThrow('could not take effect yet');
    expect(await fixture.stateOf(caseId, moderator)).toBe('DECIDED');
    const outcome = 'reports { edges { node { outcome } } }';
    expect(await fixture.query(reporter, outcome)).toEqual({ reports: { edges: [{ node: { outcome: 'OPEN' } }] } });
    expect(await fixture.audited(caseId)).toEqual(['CASE_CLAIMED', 'CASE_DECIDED']);
    // Nobody can decide otherwise meanwhile.
    expect(await claim(colleague, caseId)).toEqual(['CASE_DECIDED']);
    fixture.owners.areAway = false;
    await fixture.environment.database.pool.query('UPDATE moderation.decision SET due_at = now()');
    await eventually(async () => expect(await fixture.stateOf(caseId, moderator)).toBe('CLOSED'), {
      timeoutMs: 20_000,
    });
    expect(fixture.restrictions).toMatchObject([{ id: String(postId), restriction: 'HIDDEN' }]);
    expect(await fixture.audited(caseId)).toEqual(['CASE_CLAIMED', 'CASE_DECIDED', 'ACTION_APPLIED']);
  });

  test('that has not taken effect yet takes no more reports: they are in a new case, also from the same person', async () => {
    const { caseId, postId, reporter, author } = await fixture.reportedPost();
    const [other] = await fixture.world.register(1);
    const report = (who: bigint, text: string) =>
      fixture.codes(who, 'reportPost', { postId: globalId('Post', postId), reason: 'HATE', text });
    await claim(moderator, caseId);
    fixture.owners.areAway = true;
    await expect(decide(moderator, caseId, 'HIDE')).rejects.toThrow('could not take effect yet');
    expect(await report(other!, 'edited')).toEqual([]);
    expect(await report(reporter, 'again')).toEqual([]);
    expect(await report(reporter, 'repeated')).toEqual([]);
    const next = await fixture.caseAbout(postId);
    expect(next).not.toBe(caseId);
    expect(await fixture.query(moderator, `case(id: "${next}") { state reportCount }`)).toEqual({
      case: { state: 'OPEN', reportCount: 2 },
    });
    fixture.owners.areAway = false;
    expect(await decide(moderator, caseId, 'HIDE')).toEqual([]);
    type Outcomes = { reports: { edges: { node: { outcome: string } }[] } };
    const outcomesOf = async (who: bigint) =>
      (await fixture.query<Outcomes>(who, 'reports { edges { node { outcome } } }')).reports.edges.map(
        ({ node }) => node.outcome,
      );
    expect(await outcomesOf(reporter)).toEqual(['OPEN', 'ACTION_TAKEN']);
    expect(await outcomesOf(other!)).toEqual(['OPEN']);
    await claim(colleague, next);
    expect(await decide(colleague, next, 'DISMISS')).toEqual([]);
    expect(await outcomesOf(reporter)).toEqual(['NO_ACTION', 'ACTION_TAKEN']);
    expect(await fixture.query(author, 'moderationDecisions { edges { node { action } } }')).toEqual({
      moderationDecisions: { edges: [{ node: { action: 'HIDE' } }] },
    });
  });

  test('takes the reports that arrive while the case is claimed, and none that arrive at the same time are lost', async () => {
    const { caseId, postId } = await fixture.reportedPost();
    const people = await fixture.world.register(6);
    const report = (who: bigint) =>
      fixture.codes(who, 'reportPost', { postId: globalId('Post', postId), reason: 'HATE' });
    await claim(moderator, caseId);
    expect(await report(people[0]!)).toEqual([]);
    await Promise.all([
      ...people.slice(1, 3).map(report),
      decide(moderator, caseId, 'HIDE'),
      ...people.slice(3).map(report),
    ]);
    type Count = { counted: number; reports: number; undecided: number };
    const { rows } = await fixture.environment.database.pool.query<Count>(
      `SELECT sum(c.report_count)::int AS counted, count(*) FILTER (WHERE c.decided_at IS NULL)::int AS undecided,
         sum((SELECT count(*) FROM moderation.report r WHERE r.case_id = c.id))::int AS reports
       FROM moderation.case c WHERE c.target_id = $1`,
      [postId],
    );
    expect(rows).toMatchObject([{ counted: 7, reports: 7 }]);
    expect(rows[0]!.undecided).toBeLessThanOrEqual(1);
  });

  test('is completed by repeating the mutation, too', async () => {
    const { caseId } = await fixture.reportedPost();
    await claim(moderator, caseId);
    fixture.owners.areAway = true;
    await expect(decide(moderator, caseId, 'REMOVE')).rejects.toThrow('could not take effect yet');
    fixture.owners.areAway = false;
    expect(await decide(moderator, caseId, 'REMOVE')).toEqual([]);
    expect(await fixture.stateOf(caseId, moderator)).toBe('CLOSED');
  });

  test('is followed by another case if somebody reports the same again', async () => {
    const { caseId, postId, reporter } = await fixture.reportedPost();
    await claim(moderator, caseId);
    await decide(moderator, caseId, 'DISMISS');
    const input = { postId: globalId('Post', postId), reason: 'SPAM' };
    expect(await fixture.codes(reporter, 'reportPost', input)).toEqual([]);
    expect(await fixture.caseAbout(postId)).not.toBe(caseId);
  });
});

test('a case about a post or comment that is deleted before a decision is closed', async () => {
  const { world } = fixture;
  const { author, reporter, postId } = await fixture.reportedPost();
  const commentId = fixture.comment(author);
  await fixture.codes(reporter, 'reportComment', { commentId: globalId('Comment', commentId), reason: 'SPAM' });
  await world.deletePost(postId);
  const comment = { commentId: String(commentId), parentId: null, postId: String(postId) };
  const data = { ...comment, authorId: String(author), userId: String(author) };
  await world.events.publish('tintype.engagement.comment.deleted.v1', String(commentId), data);
  const deleted = { node: { outcome: 'TARGET_DELETED' } };
  await eventually(async () => {
    expect(await fixture.query(reporter, 'reports { edges { node { outcome } } }')).toEqual({
      reports: { edges: [deleted, deleted] },
    });
  });
});

describe('the audit log', () => {
  test('has every look at reported content, before it is shown', async () => {
    const { caseId } = await fixture.reportedPost();
    const text = `reportedContent(caseId: "${caseId}") { username text pictures }`;
    expect(await fixture.query(moderator, text)).toMatchObject({ reportedContent: { text: 'Low tide', pictures: [] } });
    expect(await fixture.audited(caseId)).toEqual(['CONTENT_VIEWED']);
    expect(await fixture.query(moderator, 'reportedContent(caseId: "Case_1") { text }')).toEqual({
      reportedContent: null,
    });
  });

  test('is read by admins only, newest first', async () => {
    await expect(fixture.query(moderator, 'auditLog { edges { node { kind } } }')).rejects.toThrow('only for admins');
    const { caseId } = await fixture.reportedPost();
    await claim(moderator, caseId);
    await decide(moderator, caseId, 'HIDE');
    const text = 'auditLog(first: 2) { edges { node { kind actor { id } caseId detail } } pageInfo { hasNextPage } }';
    const actor = { id: globalId('User', moderator) };
    expect(await fixture.query(admin, text)).toEqual({
      auditLog: {
        edges: [
          { node: { kind: 'ACTION_APPLIED', actor, caseId, detail: 'HIDE' } },
          { node: { kind: 'CASE_DECIDED', actor, caseId, detail: 'HIDE' } },
        ],
        pageInfo: { hasNextPage: true },
      },
    });
  });

  test.each([
    'UPDATE moderation.audit_entry SET actor_id = NULL',
    'DELETE FROM moderation.audit_entry',
    'TRUNCATE moderation.audit_entry',
  ])('refuses %s, also to the owner of the table', async (statement) => {
    const { caseId } = await fixture.reportedPost();
    await claim(moderator, caseId);
    const { pool } = fixture.environment.database;
    await expect(pool.query(statement)).rejects.toThrow('append-only');
    expect(await fixture.audited(caseId)).toEqual(['CASE_CLAIMED']);
  });

  test('has grants and revocations of roles, each once', async () => {
    const { world, environment } = fixture;
    const [person] = await world.register(1);
    const data = { userId: String(person), by: String(admin), role: 'MODERATOR' } as const;
    await world.events.publish('tintype.user.role.granted.v1', String(person), data);
    await world.events.publish('tintype.user.role.revoked.v1', String(person), { ...data, by: null });
    await eventually(async () => {
      const { rows } = await environment.database.pool.query(
        'SELECT kind, actor_id::text AS actor, detail FROM moderation.audit_entry WHERE subject_id = $1 ORDER BY id',
        [person],
      );
      expect(rows).toEqual([
        { kind: 'ROLE_GRANTED', actor: String(admin), detail: 'MODERATOR' },
        { kind: 'ROLE_REVOKED', actor: null, detail: 'MODERATOR' },
      ]);
    });
  });
});

function byNumber(one: string, other: string): number {
  return parseGlobalId('Case', one)! < parseGlobalId('Case', other)! ? -1 : 1;
}
