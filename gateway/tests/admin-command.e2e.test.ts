import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { giveRole } from './platform/staff.ts';

const PROGRAM = fileURLToPath(new URL('../../subgraphs/user/admin.cli.ts', import.meta.url));

let platform: TestPlatform;
let moderator: Person;
let admin: Person;
let author: Person;
beforeAll(async () => {
  platform = await startTestPlatform('in one process');
  // All workers start at this time. On a busy machine, no other request gets a connection until they have.
  author = await eventually(() => register(platform.client, 'author'), { timeoutMs: 60_000 });
  [moderator, admin] = [await register(platform.client, 'moderator'), await register(platform.client, 'admin')];
  await giveRole(platform, moderator, 'MODERATOR');
  await giveRole(platform, admin, 'ADMIN');
}, 120_000);
afterAll(() => platform?.close());

type Ended = { code: number; stdout: string; stderr: string };

/** `npm run admin --` with these arguments. */
async function run(...args: string[]): Promise<Ended> {
  const env = { ...process.env, ...platform.environment.env };
  return promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, ...args], {
    env,
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}
const runAs = ({ username }: Person, ...args: string[]) => run(...args, '--as', username, '--url', platform.url);
async function json<Result>(who: Person, ...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await runAs(who, ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Result;
}
const refusal = (code: number, stderr: string) => ({ code, stdout: '', stderr: `${stderr}\n` });

type Page<Node> = { edges: { node: Node }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };

describe('npm run admin --', () => {
  test('lists, shows, claims, releases and decides cases as a moderator, and the audit log names them', async () => {
    const postIds = [await publish(author, 'Low tide'), await publish(author, 'High tide')];
    for (const postId of postIds) {
      const input = { postId, reason: 'SPAM', text: 'A "scam"\nof course' } as const;
      const { reportPost } = await admin.client.request(operations.ReportPostDocument, { input });
      expect(reportPost!.errors).toEqual([]);
    }
    type Case = { id: string; targetId: string };
    const queue = ['cases', '--state', 'open', '--state', 'claimed', '--reason', 'spam', '--first', '1'];
    const first = await json<Page<Case>>(moderator, ...queue);
    expect(first.edges.map(({ node }) => node.targetId)).toEqual([postIds[0]]);
    const second = await json<Page<Case>>(moderator, ...queue, '--after', first.pageInfo.endCursor);
    expect(second.edges.map(({ node }) => node.targetId)).toEqual([postIds[1]]);
    const [caseId, other] = [first.edges[0]!.node.id, second.edges[0]!.node.id];

    const { stdout } = await runAs(moderator, 'case', caseId, '--content');
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      [caseId, 'OPEN', '-', 'POST', postIds[0]].join('\t'),
      expect.stringContaining(`SPAM\t@${admin.username}\t"A \\"scam\\"\\nof course"`),
      `@${author.username}\t"Low tide"`,
    ]);
    expect(await runAs(moderator, 'decide', caseId, 'hide')).toEqual(
      refusal(1, 'You have not claimed this case, or your claim has run out. Claim it first.'),
    );
    expect((await runAs(moderator, 'claim', other)).code).toBe(0);
    expect((await runAs(moderator, 'release', other)).code).toBe(0);
    expect((await runAs(moderator, 'claim', caseId)).stdout).toContain(`${caseId} is claimed until `);
    expect((await runAs(moderator, 'decide', caseId, 'hide')).stdout).toBe(`${caseId} is decided: HIDE.\n`);
    const { post } = await admin.client.request(operations.PostDocument, { id: postIds[0]! });
    expect(post).toBeNull();

    expect((await runAs(moderator, 'decide', other, 'suspend')).code).toBe(1);
    const reversed = await json<{ decidedCaseId: string }>(moderator, 'reverse', caseId);
    expect(reversed.decidedCaseId).toBe(caseId);
    expect((await admin.client.request(operations.PostDocument, { id: postIds[0]! })).post).not.toBeNull();

    const reversal = (await json<{ reversalCaseId: string }>(moderator, 'case', caseId)).reversalCaseId;
    const shown = (await runAs(moderator, 'case', reversal)).stdout;
    expect(shown).toContain(`DECIDED\t${caseId}\tHIDE\tSPAM\tPOST\t${postIds[0]}\t`);
    expect(shown).toContain(`\t@${moderator.username}\n`);

    type Entry = { kind: string; caseId: string | null; actor: { username: string } | null };
    const { edges } = await json<Page<Entry>>(admin, 'audit', '--first', '100');
    const kinds = edges.filter(({ node }) => node.caseId === caseId).map(({ node }) => node.kind);
    expect(kinds).toEqual(['ACTION_APPLIED', 'CASE_DECIDED', 'CASE_CLAIMED', 'CONTENT_VIEWED']);
    expect(new Set(edges.map(({ node }) => node.actor?.username))).toEqual(new Set([moderator.username]));
  }, 240_000);

  test('bans words, lists them, and allows them again', async () => {
    expect((await runAs(moderator, 'words', 'add', 'Gruffel', 'snark*')).stdout).toBe(
      'gruffel is banned.\nsnark* is banned.\n',
    );
    const { edges } = await json<Page<{ word: string }>>(moderator, 'words', 'list');
    expect(edges.map(({ node }) => node.word)).toEqual(['snark*', 'gruffel']);
    expect((await runAs(moderator, 'words', 'add', 'two words')).code).toBe(1);
    const removed = await json<{ words: string[] }>(moderator, 'words', 'remove', 'SNARK*');
    expect(removed.words).toEqual(['snark*']);
    expect(await runAs(moderator, 'words', 'remove', 'snark*', 'gruffel', 'Grufel')).toEqual({
      code: 1,
      stdout: 'gruffel is allowed.\n',
      stderr: 'snark* is not in the list.\nGrufel is not in the list.\n',
    });
    expect((await runAs(moderator, 'words', 'list')).stdout).toBe('The list is empty.\n');
    const left = await json<Page<object>>(moderator, 'words', 'list');
    expect(left.edges).toEqual([]);
  }, 240_000);

  test('lists roles', async () => {
    const { edges } = await json<Page<{ user: { username: string }; role: string }>>(moderator, 'roles');
    expect(edges.map(({ node }) => [node.user.username, node.role])).toEqual([
      [moderator.username, 'MODERATOR'],
      [admin.username, 'ADMIN'],
    ]);
  }, 60_000);

  test('does only what the role allows, at this moment', async () => {
    const nobody = (username: string) => refusal(1, `There is no active moderator or admin @${username}.`);
    expect(await runAs(moderator, 'audit')).toEqual(refusal(1, 'This is only for admins.'));
    expect(await runAs(author, 'cases')).toEqual(nobody(author.username));
    expect(await run('cases', '--as', 'nobody.at.all', '--url', platform.url)).toEqual(nobody('nobody.at.all'));
    await run('grant', `@${author.username}`, 'moderator');
    const withAt = await run('cases', '--as', `@${author.username}`, '--url', platform.url);
    expect(withAt).toEqual({ code: 0, stdout: expect.any(String), stderr: '' });
    await run('revoke', `@${author.username}`);
    expect(await runAs(author, 'cases')).toEqual(nobody(author.username));
  }, 240_000);

  test('leaves no session behind, and needs the secret', async () => {
    const { rows } = await platform.environment.database.pool.query(
      `SELECT count(*)::int AS all, count(*) FILTER (WHERE revoked_at IS NULL)::int AS live
       FROM "user".session WHERE device = 'Admin command'`,
    );
    expect(rows[0].all).toBeGreaterThan(0);
    expect(rows[0].live).toBe(0);
    const { sessions } = await moderator.client.request(operations.SessionsDocument, {});
    expect(JSON.stringify(sessions)).not.toContain('Admin command');
    const env = { ...process.env, ...platform.environment.env, TINTYPE_SECRET: '' };
    const args = [PROGRAM, 'cases', '--as', moderator.username];
    await expect(promisify(execFile)(process.execPath, args, { env })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Set TINTYPE_SECRET to the secret of the platform.'),
    });
  }, 60_000);
});
