import { createECDH, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireGlobalId } from '@tintype/graphql';
import { CHROMIUM_FLAGS, ensureChromium } from '@tintype/local';
import * as operations from '@tintype/schema/operations';
import { createMailbox, eventually, type Mailbox } from '@tintype/testing';
import { unzipSync } from 'fflate';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorize, createApp } from './platform/apps.ts';
import { addLinkedIdentity, SILENT_PROVIDER } from './platform/linked-identities.ts';
import { addPasskey } from './platform/passkeys.ts';
import { follow, PASSWORD, type Person, photo, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { moderate } from './platform/staff.ts';

const LONG = { timeoutMs: 60_000, everyMs: 250 };
const HOSTILE = `<script>document.title = 'run'</script> "tide" & 'ebb'`;
/** Words that only others wrote, and that are not for the exporting person. */
const OTHERS = 'zanzibarite';

/** Tables whose rows about a person are in the export, with the file that has them. */
const EXPORTED: Readonly<Record<string, string>> = {
  'engagement.collection': 'collections.json',
  'engagement.collection_post': 'saved-posts.json',
  'engagement.comment': 'comments.json',
  'engagement.comment_filter': 'comment-filter.json',
  'engagement.like': 'likes.json',
  'engagement.post_setting': 'comment-settings.json',
  'engagement.save': 'saved-posts.json',
  'engagement.share': 'shares.json',
  'feed.hashtag_follow': 'followed-hashtags.json',
  'moderation.appeal': 'decisions.json',
  'moderation.decision': 'decisions.json',
  'moderation.report': 'reports.json',
  'notification.delivery_setting': 'notification-delivery.json',
  'notification.notification': 'notifications.json',
  'notification.preference': 'notification-preferences.json',
  'notification.push_subscription': 'push-subscriptions.json',
  'post.media': 'posts.json',
  'post.post': 'posts.json',
  'post.upload': 'uploads.json',
  'social_graph.block': 'blocked.json',
  'social_graph.close_friend': 'close-friends.json',
  'social_graph.follow': 'following.json',
  'social_graph.follow_request': 'received-follow-requests.json',
  'social_graph.follower': 'followers.json',
  'social_graph.mute': 'muted.json',
  'social_graph.restriction': 'restricted.json',
  'social_graph.suggestion_dismissal': 'dismissed-suggestions.json',
  'user.account': 'account.json',
  'user.app': 'apps.json',
  'user.app_grant': 'authorized-apps.json',
  'user.former_username': 'former-usernames.json',
  'user.known_device': 'devices.json',
  'user.known_network': 'devices.json',
  'user.linked_identity': 'linked-identities.json',
  'user.passkey': 'passkeys.json',
  'user.second_factor': 'account.json',
  'user.recovery_code': 'account.json',
  'user.session': 'sessions.json',
};

const PROJECTION = 'A copy of what another owner exports.';
const COMPUTED = 'Computed from what is exported, or counts of it.';
const SECRET = 'A secret, or the hash of one. What can be said about it is in account.json.';
const PASSING = 'Exists for minutes, until something is done.';
const TECHNICAL = 'Keeps the platform consistent, and says nothing about a person that is not exported.';
const NOBODY = 'Has nothing about a person.';

/** All other tables, with the reason. */
const NOT_EXPORTED: Readonly<Record<string, string>> = {
  'engagement.deleted_post': TECHNICAL,
  'engagement.erased_person': TECHNICAL,
  'engagement.idempotency_key': PASSING,
  'engagement.post_stats': COMPUTED,
  'engagement.relay_state': NOBODY,
  'feed.audience': PROJECTION,
  'feed.author': PROJECTION,
  'feed.author_post': PROJECTION,
  'feed.erased_person': TECHNICAL,
  'feed.hashtag_post': PROJECTION,
  'moderation.audit_entry': 'What moderators and admins did for the platform.',
  'moderation.banned_word': NOBODY,
  'moderation.banned_word_version': NOBODY,
  'moderation.case': 'What others reported.',
  'moderation.erased_person': TECHNICAL,
  'notification.activity': 'What others did. Notifications name how many they were.',
  'notification.comment': PROJECTION,
  'notification.comment_mention': PROJECTION,
  'notification.deleted_target': TECHNICAL,
  'notification.delivery': PASSING,
  'notification.erased_person': TECHNICAL,
  'notification.person_language': PROJECTION,
  'notification.push_key': NOBODY,
  'notification.recipient': COMPUTED,
  'notification.relationship_change': PROJECTION,
  'notification.relay_state': NOBODY,
  'post.author': COMPUTED,
  'post.erased_person': TECHNICAL,
  'post.hashtag': NOBODY,
  'post.hashtag_cooccurrence': NOBODY,
  'post.idempotency_key': PASSING,
  'post.post_hashtag': COMPUTED,
  'post.relay_state': NOBODY,
  'post.stale_score': COMPUTED,
  'search.account': PROJECTION,
  'search.alias': NOBODY,
  'search.block': PROJECTION,
  'search.document': PROJECTION,
  'search.hashtag': NOBODY,
  'search.mirror': PROJECTION,
  'search.post': PROJECTION,
  'search.rebuild': NOBODY,
  'search.term': NOBODY,
  'social_graph.acceptance': PASSING,
  'social_graph.influencer': COMPUTED,
  'social_graph.person': PROJECTION,
  'social_graph.relay_state': NOBODY,
  'social_graph.suggestion': COMPUTED,
  'social_graph.suggestion_change': PASSING,
  'social_graph.suggestion_dirty': PASSING,
  'social_graph.suggestion_reader': COMPUTED,
  'social_graph.topic': NOBODY,
  'social_graph.topic_post': PROJECTION,
  'user.account_mail': PASSING,
  'user.app_token': SECRET,
  'user.credential': SECRET,
  'user.data_export': 'The export itself.',
  'user.email_token': SECRET,
  'user.idempotency_key': PASSING,
  'user.login_challenge': PASSING,
  'user.password_attempt': 'Protects the account, for a day at most.',
  'user.relay_state': NOBODY,
  'user.role': 'What the person may do on the platform, which viewerRole returns.',
  'user.sanction': PROJECTION,
  'user.signing_key': NOBODY,
  'user.used_passkey_challenge': NOBODY,
};

let platform: TestPlatform;
let mailbox: Mailbox;
let browser: Browser;
let directory: string;
let [ann, ben, cid, eve]: Person[] = [];
beforeAll(async () => {
  mailbox = await createMailbox();
  platform = await startTestPlatform('in one process', { ...mailbox.env, ...SILENT_PROVIDER });
  [ann, ben, cid, eve] = await Promise.all(['ann', 'ben', 'cid', 'eve'].map((name) => register(platform.client, name)));
  browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
  directory = await mkdtemp(join(tmpdir(), 'tintype-export-'));
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
  await mailbox?.close();
  if (directory) await rm(directory, { recursive: true });
});

/** Gives Ann a row in every table with something about people, as far as the public schema allows. */
async function live(): Promise<void> {
  const ask = ann!.client.request;
  const email = (await ask(operations.EmailAddressDocument, {})).emailAddress!.address;
  const { token } = await mailbox.received(email, /Verify/);
  await ask(operations.VerifyEmailDocument, { input: { token: token! } });
  await addPasskey(ann!);
  await addLinkedIdentity(platform, ann!);
  await ben!.client.request(operations.UpdateProfileDocument, { input: { bio: `${OTHERS} of ben` } });
  const picture = { bytes: await photo(), contentType: 'image/jpeg' };
  const [avatarUploadId] = await ann!.client.upload([picture], 'AVATAR');
  await ask(operations.UpdateProfileDocument, {
    input: { displayName: 'Ann', bio: HOSTILE, avatarUploadId: avatarUploadId! },
  });
  await Promise.all([follow(ann!, ben!), follow(ben!, ann!), follow(cid!, ann!)]);
  const anns = await publish(ann!, HOSTILE, 2);
  const bens = await publish(ben!, `${OTHERS} caption of ben @${ann!.username}`);
  await ask(operations.LikePostDocument, { postId: bens });
  await ask(operations.CreateCommentDocument, { input: { postId: bens, text: 'Said by ann' } });
  await ben!.client.request(operations.CreateCommentDocument, {
    input: { postId: anns, text: `${OTHERS} comment of ben` },
  });
  await ben!.client.request(operations.LikePostDocument, { postId: anns });
  await ask(operations.SharePostDocument, { input: { postId: bens, text: 'Shared by ann' } });
  const { createCollection } = await ask(operations.CreateCollectionDocument, { name: 'Tides of ann' });
  await ask(operations.SavePostDocument, { postId: bens, collectionId: createCollection!.collection!.id });
  await ask(operations.FollowHashtagDocument, { name: 'sea' });
  await ask(operations.ReportPostDocument, { input: { postId: bens, reason: 'SPAM', text: 'Reported by ann' } });
  await moderate(platform, { userId: ann!.id }, 'WARN');
  await ask(operations.MuteUserDocument, { userId: cid!.id });
  await ask(operations.RestrictUserDocument, { userId: cid!.id });
  await ask(operations.AddCloseFriendDocument, { userId: ben!.id });
  await ask(operations.DismissSuggestionDocument, { userId: cid!.id });
  const named = (text: string) => ask({ toString: () => text } as typeof operations.MeDocument, {});
  await named(`mutation { updateCommentFilter(input: { words: ["weed"] }) { errors { code } } }`);
  await named(
    `mutation { updatePostCommentSettings(input: { postId: "${anns}", commentsEnabled: false }) { errors { code } } }`,
  );
  await ask(operations.UpdateNotificationPreferencesDocument, {
    preferences: [{ kind: 'POST_LIKE', audience: 'PEOPLE_I_FOLLOW' }],
  });
  await ask(operations.UpdateNotificationDeliveryDocument, { input: { digest: { frequency: 'DAILY', hour: 9 } } });
  await ask(operations.CreatePushSubscriptionDocument, {
    input: {
      endpoint: `https://push.example/${OTHERS}`,
      p256dh: createECDH('prime256v1').generateKeys('base64url'),
      auth: randomBytes(16).toString('base64url'),
    },
  });
  await authorize(platform.url, await createApp(ann!), ann!, 'read');
  await ask(operations.ChangeUsernameDocument, { input: { username: `moved_${randomBytes(4).toString('hex')}` } });
  // A request to follow, from somebody whom nobody else knows.
  await ask(operations.UpdateProfileDocument, { input: { isPrivate: true } });
  const fay = await register(platform.client, 'fay');
  await eventually(async () => {
    await fay.client.request(operations.UnfollowUserDocument, { userId: ann!.id });
    expect(await follow(fay, ann!)).toBe('REQUESTED');
  }, LONG);
  const gil = await register(platform.client, 'gil');
  await ask(operations.BlockUserDocument, { userId: gil.id });
  // Eve is muted by Ann, and blocks her then.
  await ask(operations.MuteUserDocument, { userId: eve!.id });
  await eve!.client.request(operations.BlockUserDocument, { userId: ann!.id });
  await eventually(async () => {
    const { notifications } = await ask(operations.NotificationsDocument, { first: 20 });
    expect(notifications!.edges.length).toBeGreaterThan(2);
    expect((await ask(operations.ProfileDocument, { username: (await me()).username })).user!.avatar).not.toBeNull();
  }, LONG);
}
const me = async () => (await ann!.client.request(operations.MeDocument, {})).me!;

test('every table is exported, or there is a reason why not', async () => {
  const { rows } = await platform.environment.database.pool.query<{ name: string }>(
    `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema', 'public', 'runtime')
       AND table_name NOT IN ('outbox', '_prisma_migrations') AND table_name !~ '_\\d+(_term)?$'
     ORDER BY 1`,
  );
  const known = [...Object.keys(EXPORTED), ...Object.keys(NOT_EXPORTED)];
  expect(rows.map(({ name }) => name)).toEqual(known.toSorted());
});

test('a person gets everything of theirs, and nothing that belongs to others', async () => {
  await live();
  const { requestDataExport } = await ann!.client.request(operations.RequestDataExportDocument, {
    input: { password: PASSWORD },
  });
  expect(requestDataExport!.errors).toEqual([]);
  await eventually(async () => {
    const { dataExport } = await ann!.client.request(operations.DataExportDocument, {});
    expect(dataExport).toMatchObject({ state: 'READY' });
  }, LONG);
  expect((await ben!.client.request(operations.DataExportDocument, {})).dataExport).toBeNull();

  const email = (await ann!.client.request(operations.EmailAddressDocument, {})).emailAddress!.address;
  const { link, text } = await mailbox.received(email, /can be downloaded/);
  expect(text).not.toContain('X-Amz');
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${platform.url}${new URL(link!).pathname}`);
  await page.getByLabel('Username').fill((await me()).username);
  await page.getByLabel('Password').fill('a wrong phrase');
  await page.getByRole('button').click();
  await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/Wrong/);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button').click();
  const url = await page.getByRole('link').getAttribute('href');
  expect(complaints).toEqual([]);
  // The page logged out again.
  const { sessions } = await ann!.client.request(operations.SessionsDocument, {});
  expect(sessions!.edges).toHaveLength(1);

  const zip = unzipSync(new Uint8Array(await (await fetch(url!)).arrayBuffer()));
  for (const [name, bytes] of Object.entries(zip)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), bytes);
  }
  const textOf = (name: string) => new TextDecoder().decode(zip[name]);
  for (const file of new Set(Object.values(EXPORTED))) expect([file, JSON.parse(textOf(file))]).not.toEqual([file, []]);
  const texts = Object.keys(zip)
    .filter((name) => /\.(json|html)$/.test(name))
    .map(textOf)
    .join('\n');
  for (const own of ['Said by ann', 'Shared by ann', 'Tides of ann', 'weed', email, ben!.username])
    expect(texts).toContain(own);
  expect(texts).not.toContain(OTHERS);
  expect(texts).not.toContain(`${ben!.username}@example.org`);
  // Nobody learns from an export who blocks them.
  expect(texts).not.toContain(String(requireGlobalId('User', eve!.id)));

  // It opens without a network.
  await page.goto(pathToFileURL(join(directory, 'index.html')).href);
  expect(await page.title()).toBe(`@${(await me()).username}`);
  expect(await page.locator('article p').textContent()).toBe(HOSTILE);
  const pictures = page.locator('img');
  expect(await pictures.count()).toBe(3);
  for (const picture of await pictures.all()) await picture.scrollIntoViewIfNeeded();
  await expect
    .poll(() => page.evaluate('[...document.images].every(({ naturalWidth }) => naturalWidth > 0)'))
    .toBe(true);
  expect(complaints).toEqual([]);
  await page.close();
}, 180_000);
