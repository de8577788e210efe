export type Example = { name: string; query: string; variables: string };

/** The text of the operations from which typed documents are generated. */
const texts = import.meta.glob<string>('../../../../schema/operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Initial variables of an example: values of the demo, or blanks to fill in. */
const VARIABLES: Readonly<Record<string, object>> = {
  'accept-follow-request': { userId: '' },
  'block-user': { userId: '' },
  'change-email': { input: { email: '', password: '' } },
  'change-password': { input: { currentPassword: '', newPassword: '' } },
  'change-username': { input: { username: '' } },
  'commented-posts': { authorId: '', commenterId: '' },
  comments: { postId: '' },
  'complete-log-in': { input: { challenge: '', code: '' } },
  'create-account': { input: { username: '', email: '', password: '' } },
  'create-collection': { name: '' },
  'create-comment': { input: { postId: '', text: '' } },
  'create-post': { input: { caption: '', media: [{ uploadId: '', altText: '' }] } },
  'create-push-subscription': { input: { endpoint: '', p256dh: '', auth: '' } },
  'create-upload': { input: { files: [{ contentType: 'image/jpeg', byteSize: 1_000_000 }], purpose: 'POST' } },
  'deactivate-account': { password: '' },
  'decline-follow-request': { userId: '' },
  'delete-account': { password: '' },
  'delete-comment': { commentId: '' },
  'delete-post': { input: { postId: '' } },
  'delete-push-subscription': { pushSubscriptionId: '' },
  'delete-share': { shareId: '' },
  'disable-two-factor': { input: { password: '', code: '' } },
  'dismiss-suggestion': { userId: '' },
  'enable-two-factor': { input: { code: '' } },
  'end-session': { input: { sessionId: '' } },
  engagement: { postId: '' },
  'follow-hashtag': { name: 'fog' },
  'follow-requests': { first: 20 },
  'follow-user': { userId: '' },
  followers: { username: 'demo', first: 20 },
  hashtag: { name: 'fog' },
  'home-feed': { first: 20 },
  influencers: { hashtag: 'fog' },
  'like-comment': { commentId: '' },
  'like-post': { postId: '' },
  likers: { postId: '' },
  'log-in': { input: { identifier: 'demo', password: '' } },
  'mark-notification-as-read': { notificationId: '' },
  'mute-user': { userId: '' },
  'mutual-followers': { username: 'orchard', first: 20 },
  nodes: { ids: [] },
  post: { id: '' },
  'post-by-link': { link: '' },
  profile: { username: 'lighthouse' },
  'refresh-session': { input: { refreshToken: '' } },
  replies: { commentId: '' },
  'remove-follower': { userId: '' },
  'replace-recovery-codes': { input: { password: '', code: '' } },
  'request-password-reset': { input: { email: '' } },
  'reset-password': { input: { token: '', newPassword: '' } },
  'save-post': { postId: '' },
  search: { query: 'fog' },
  'share-post': { input: { postId: '', text: '' } },
  shares: { username: 'lighthouse' },
  'start-two-factor-setup': { input: { password: '' } },
  suggest: { prefix: 'li' },
  'unblock-user': { userId: '' },
  'unfollow-hashtag': { name: 'fog' },
  'unfollow-user': { userId: '' },
  'unlike-comment': { commentId: '' },
  'unlike-post': { postId: '' },
  'unmute-user': { userId: '' },
  'unsave-post': { postId: '' },
  'update-comment': { input: { commentId: '', text: '' } },
  'update-notification-delivery': { input: { timeZone: 'Europe/Lisbon' } },
  'update-notification-preferences': { preferences: [{ kind: 'POST_LIKE', audience: 'PEOPLE_I_FOLLOW' }] },
  'update-profile': { input: { bio: '' } },
  'verify-email': { input: { token: '' } },
};

/** Opened on the first visit. */
const TABS = ['me', 'home-feed', 'profile', 'log-in', 'create-post'];

export const EXAMPLES: readonly Example[] = Object.entries(texts).map(([path, query]) => {
  const name = path.slice(path.lastIndexOf('/') + 1, -'.graphql'.length);
  return { name, query, variables: JSON.stringify(VARIABLES[name] ?? {}, null, 2) };
});

export const DEFAULT_TABS = TABS.flatMap((name) => EXAMPLES.filter((example) => example.name === name)).map(
  ({ query, variables }) => ({ query, variables }),
);
