import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import { eventually, removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SILENT_PROVIDER } from './platform/linked-identities.ts';
import { register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { ACCOUNTS, type Account, audiencesOf } from './policy/audiences.ts';
import { schema } from './policy/schema.ts';
import { createSubject, type Subject, UNREAD } from './policy/subject.ts';
import { createSurvey, fieldsOfTable, rankOf } from './policy/survey.ts';
import { type PolicyTable, readTable, writeTable } from './policy/table.ts';

// Every field and mutation of the public schema, asked for by everybody in every relation to its owner. The answers are
// those in schema/policy.csv, which WRITE_POLICY=1 writes anew.

const isWriting = process.env.WRITE_POLICY === '1';
const table: PolicyTable = isWriting ? new Map() : readTable();

/** Recommendations and results of searches: they show at most what the table has, and perhaps not yet. */
const RECOMMENDATIONS =
  /^(Query\.(explore|trending|peopleYouMayKnow|influencers|homeFeed|search|suggest)|(Explore|Trending|Suggestion|Feed|Search|Highlight|TextRange))/;
/** Fields with nothing to show here, and why. */
const UNSEEN: Readonly<Record<string, RegExp>> = {
  'computed from what many people do':
    /^(Query\.(influencers|trendingHashtags)|TrendingHashtag.*|Hashtag\.relatedHashtags)$/,
  'only posts of people whom nobody here follows': /^FeedEdge\.hashtag$/,
  'only while a part is unavailable': /^FeedConnection\.isStale$/,
  'nobody makes a post fail, and who decided stays secret': /^(PostFailed|Moderation)Notification\.actor/,
  'only once a worker has built it': /^DataExport\.(done|total|byteSize|expiresAt|failureReason|url)$/,
  'only for changes of roles': /^AuditEntry\.subject$/,
  'only after an appeal': /^(Case\.(decidedCaseId|appealCaseId|appealText)|ModerationDecision\.appealText)$/,
  'only after a decision': /^ReportedContent\.excerpt$/,
  'only after a decision was undone': /^Case\.(reversedAt|reversalCaseId)$/,
  'the passkey here is neither used nor backed up': /^Passkey\.(isBackedUp|lastUsedAt)$/,
  'nobody logs in with the linked identity': /^LinkedIdentity\.lastUsedAt$/,
  'left unread': new RegExp(`^${UNREAD}\\.isRead$`),
  'for platforms with mail, quiet hours and second factors':
    /^(EmailAddress\.(pendingAddress|verifiedAt)|QuietHours\..*|NotificationDelivery\.(quietHours|mail)|TwoFactor\..*)$/,
};
/** Mutations after which the owner can say less or has less to look at, or some audience is gone. */
const LAST = [
  'addBannedWord',
  'removeBannedWord',
  'decideCase',
  'deleteComment',
  'deleteShare',
  'deleteCollection',
  'deletePushSubscription',
  'deletePost',
  'logOut',
];

const mutations = Object.values(schema.getMutationType()!.getFields()).sort(
  (one, other) => LAST.indexOf(one.name) - LAST.indexOf(other.name),
);

describe.each(SHAPES)('%s', (shape) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tintype-policy-'));
  const subjects = new Map<Account, Subject>();
  let services: Services;
  let platform: TestPlatform;
  let survey: ReturnType<typeof createSurvey>;

  beforeAll(async () => {
    services = await startServices({ needs: ['nats'], dataDirectory, env: {}, report: () => undefined });
    platform = await startTestPlatform(shape, { NATS_URL: services.env.NATS_URL!, ...SILENT_PROVIDER });
    survey = createSurvey(platform.endpoint);
    // All workers start at this time. On a busy machine, no other request gets a connection until they have.
    await eventually(() => register(platform.client), { timeoutMs: 60_000 });
    for (const account of ACCOUNTS) subjects.set(account, await createSubject(platform, account));
  }, 600_000);
  afterAll(async () => {
    await platform?.close();
    await services?.stop();
    await removeServiceFiles(servicePathsOf(dataDirectory));
  });

  /** Everything that is read, as rows of the table. */
  const readAll = async (): Promise<PolicyTable> => {
    const rows: PolicyTable = new Map();
    for (const [account, subject] of subjects) {
      for (const audience of audiencesOf(account)) {
        for (const [key, finding] of await survey.read(subject, audience)) {
          const row = `${key},${account}`;
          rows.set(row, (rows.get(row) ?? new Map()).set(audience, finding));
        }
      }
    }
    return rows;
  };

  test('everybody reads what the table says, and no field lacks a row', async () => {
    let rows = await readAll();
    if (isWriting) for (const [key, row] of rows) table.set(key, row);
    expect(differences(rows, 'no more')).toEqual([]);
    // Counts and notifications follow their causes after a moment.
    await eventually(async () => {
      const others = differences(new Map([...rows].filter(([key]) => !RECOMMENDATIONS.test(key))), 'the same');
      if (others.length > 0) rows = await readAll();
      expect(others).toEqual([]);
    });
  }, 600_000);

  test('nobody reads more while NATS is stopped and Redis is empty', async () => {
    await services.handles.nats!.kill('SIGKILL');
    await removeKeys(platform.environment.redis);
    expect(differences(await readAll(), 'no more')).toEqual([]);
    await services.handles.nats!.restart();
  }, 600_000);

  test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s is for those whom the table names',
    async (name, mutation) => {
      const rows: PolicyTable = new Map();
      for (const [account, subject] of subjects) {
        const row = new Map();
        for (const audience of audiencesOf(account)) {
          // Wrong passwords of earlier mutations delay no others.
          await platform.environment.database.pool.query('DELETE FROM "user".password_attempt');
          row.set(audience, await survey.write(subject, audience, mutation));
          if (/follow|block|mute|friend/i.test(name)) await subject.restore(audience);
        }
        rows.set(`Mutation.${name},,${account}`, row);
      }
      if (isWriting) for (const [key, row] of rows) table.set(key, row);
      expect(differences(rows, 'the same')).toEqual([]);
    },
    120_000,
  );

  afterAll(() => {
    if (isWriting) writeTable(table);
  });
});

test('every field has a row, and somebody who reads it', () => {
  const shown = new Set(
    [...table].flatMap(([key, row]) => ([...row.values()].includes('shown') ? key.split(',')[0]! : [])),
  );
  const excepted = (field: string) => Object.values(UNSEEN).some((pattern) => pattern.test(field));
  expect(fieldsOfTable().filter((field) => !shown.has(field) && !excepted(field))).toEqual([]);
});

/** How findings differ from the table. */
function differences(rows: PolicyTable, wanted: 'the same' | 'no more'): string[] {
  const found: string[] = [];
  for (const [key, row] of rows) {
    for (const [audience, finding] of row) {
      const expected = table.get(key)?.get(audience);
      const holds =
        expected !== undefined && (wanted === 'the same' ? finding === expected : rankOf(finding) <= rankOf(expected));
      if (!holds) found.push(`${key} as ${audience}: ${finding} instead of ${expected ?? 'a row'}`);
    }
  }
  return found;
}
