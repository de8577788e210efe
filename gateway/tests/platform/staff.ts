import { requireGlobalId } from '@tintype/graphql';
import * as operations from '@tintype/schema/operations';
import { expect } from 'vitest';
import { type Person, register } from './people.ts';
import type { TestPlatform } from './platform.ts';

/** Gives somebody a role, as the first admin gets it: directly in the database. */
export async function giveRole(
  { environment }: TestPlatform,
  person: Pick<Person, 'id'>,
  role: 'MODERATOR' | 'ADMIN',
): Promise<void> {
  await environment.database.pool.query(
    'INSERT INTO "user".role (user_id, role) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET role = excluded.role',
    [requireGlobalId('User', person.id), role],
  );
}

type Reported = { userId: string } | { postId: string } | { commentId: string };

/** Reports something by a new person. @returns the ID of the case, which a new moderator has claimed */
export async function openCase(
  platform: TestPlatform,
  target: Reported,
): Promise<{ caseId: string; moderator: Person }> {
  const [reporter, moderator] = [await register(platform.client, 'reporter'), await register(platform.client, 'mod')];
  await giveRole(platform, moderator, 'MODERATOR');
  const { client } = reporter;
  const reason = 'SPAM' as const;
  const send = async () => {
    if ('userId' in target) {
      return (await client.request(operations.ReportUserDocument, { input: { ...target, reason } })).reportUser;
    }
    return 'postId' in target
      ? (await client.request(operations.ReportPostDocument, { input: { ...target, reason } })).reportPost
      : (await client.request(operations.ReportCommentDocument, { input: { ...target, reason } })).reportComment;
  };
  const report = await send();
  expect(report!.errors).toEqual([]);
  const { cases } = await moderator.client.request(operations.CasesDocument, { first: 100, states: ['OPEN'] });
  const caseId = cases!.edges.find(({ node }) => node.targetId === report!.report!.targetId)!.node.id;
  const { claimCase } = await moderator.client.request(operations.ClaimCaseDocument, { input: { caseId } });
  expect(claimCase!.errors).toEqual([]);
  return { caseId, moderator };
}

/** Lets a new moderator decide about something that a new person reports. @returns the payload of the decision */
export async function moderate(
  platform: TestPlatform,
  target: Reported,
  action: 'HIDE' | 'REMOVE' | 'WARN' | 'SUSPEND' | 'BAN',
): Promise<{ errors: { code: string }[] }> {
  const { caseId, moderator } = await openCase(platform, target);
  const input = { caseId, action, ...(action === 'SUSPEND' && { suspendDays: 7 }) };
  return (await moderator.client.request(operations.DecideCaseDocument, { input })).decideCase!;
}
