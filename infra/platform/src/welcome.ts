import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './demo/accounts.ts';

const [{ username }] = DEMO_ACCOUNTS;

const FIRST_STEPS = `
  Log in as  ${username} with the password ${DEMO_PASSWORD}

  A query to paste into GraphiQL:

    mutation { logIn(input: { identifier: "${username}", password: "${DEMO_PASSWORD}" }) { accessToken } }

  and, with that token in GraphiQL's token box:

    { homeFeed(first: 5) { edges { node { caption likeCount author { username } media { ... on Photo { standard { url } } } } } } }
`;

/** What somebody who has just started the platform needs: the addresses of its parts and what to try first. */
export function describeReady(options: {
  url: string;
  healthUrl: string;
  explorer: boolean;
  /** Where clients reach the object store. */
  storeUrl: string;
  seconds: string;
  isSeeded: boolean;
  /** The data directory, if it is not the default one of `npm run reset`. */
  dataDirectory: string | undefined;
}): string {
  const { url, healthUrl, explorer, storeUrl, seconds, isSeeded, dataDirectory } = options;
  const reset = dataDirectory === undefined ? 'npm run reset' : `npm run reset -- --data ${dataDirectory}`;
  const addresses = [
    ['GraphQL', `${url}/graphql`],
    ...(explorer ? [['GraphiQL', `${url}/graphiql`]] : []),
    ['S3', storeUrl],
    ['Metrics', `${healthUrl}/metrics`],
  ];
  return `
Tintype is ready, ${seconds} s after the start.

${addresses.map(([name, address]) => `  ${name!.padEnd(10)} ${address}`).join('\n')}
${isSeeded && explorer ? FIRST_STEPS : ''}
Ctrl-C stops everything; the data stays. \`${reset}\` removes it.
`;
}
