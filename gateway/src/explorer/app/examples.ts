export type Example = { name: string; query: string; variables: string };

/** The operations that the clients of the schema are made from, as they are. */
const texts = import.meta.glob<string>('../../../../schema/operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Variables that an example can be tried with on the demo; the others start with none. */
const VARIABLES: Readonly<Record<string, object>> = {
  'log-in': { input: { identifier: 'demo', password: '' } },
  register: { input: { username: '', email: '', password: '' } },
  'home-feed': { first: 20 },
  profile: { username: 'lighthouse' },
  followers: { username: 'demo' },
  'create-upload': { input: { files: [{ contentType: 'image/jpeg', byteSize: 1_000_000 }], purpose: 'POST' } },
  'create-post': { input: { media: [{ uploadId: '', altText: '' }], caption: '' } },
  post: { id: '' },
  follow: { userId: '' },
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
