export type Example = { name: string; query: string; variables: string };

/** The operations that the clients of the schema are made from, as they are. */
const texts = import.meta.glob<string>('../../../../schema/operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Variables to start an example with: ready for the demo, or with blanks to fill in. */
const VARIABLES: Readonly<Record<string, object>> = {
  'accept-follow-request': { userId: '' },
  block: { userId: '' },
  'create-post': { input: { caption: '', media: [{ uploadId: '', altText: '' }] } },
  'create-upload': { input: { files: [{ contentType: 'image/jpeg', byteSize: 1_000_000 }], purpose: 'POST' } },
  'decline-follow-request': { userId: '' },
  'delete-post': { input: { postId: '' } },
  'edit-profile': { input: { bio: '' } },
  follow: { userId: '' },
  'follow-requests': { first: 20 },
  followers: { username: 'demo', first: 20 },
  'home-feed': { first: 20 },
  'log-in': { input: { identifier: 'demo', password: '' } },
  mute: { userId: '' },
  post: { id: '' },
  profile: { username: 'lighthouse' },
  'refresh-session': { input: { refreshToken: '' } },
  register: { input: { username: '', email: '', password: '' } },
  unblock: { userId: '' },
  unfollow: { userId: '' },
  unmute: { userId: '' },
};

/** Opened at the first visit. */
const TABS = ['me', 'home-feed', 'profile', 'log-in', 'create-post'];

export const EXAMPLES: readonly Example[] = Object.entries(texts).map(([path, query]) => {
  const name = path.slice(path.lastIndexOf('/') + 1, -'.graphql'.length);
  return { name, query, variables: JSON.stringify(VARIABLES[name] ?? {}, null, 2) };
});

export const DEFAULT_TABS = TABS.flatMap((name) => EXAMPLES.filter((example) => example.name === name)).map(
  ({ query, variables }) => ({ query, variables }),
);
