import { dataOf, requireGlobalId } from '@tintype/graphql';
import {
  createEnvironment,
  createMailbox,
  type Environment,
  eventually,
  type FakeAnswers,
  type Mailbox,
  startSubgraphs,
  type TestSubgraphs,
} from '@tintype/testing';
import { subjectOf, type Viewer } from '@tintype/viewer';
import { decodeJwt } from 'jose';
import { wireUser } from '../src/index.ts';
import { createFakeSocialGraph } from './social-graph.fake.ts';

export const PASSWORD = 'a long enough phrase';
export const NEW_PASSWORD = 'quite another long phrase';

export type Client = { device?: string; language?: string; network?: string; idempotencyKey?: string };
export type Errors = { code: string; message: string; path: string[] }[];
export type Account = { viewer: Viewer; username: string; email: string; refreshToken: string };

/** The user subgraph with its workers and a mailbox. */
export type AccountFixture = {
  environment: Environment;
  graph: TestSubgraphs;
  mailbox: Mailbox;
  /** Runs a mutation with an input. `fields` are selected in the payload besides `errors`. */
  mutate<Payload>(
    name: string,
    input: object | null,
    fields: string,
    viewer?: Viewer | null,
    from?: Client,
  ): Promise<Payload & { errors: Errors }>;
  query<Data>(query: string, viewer: Viewer | null): Promise<Data>;
  register(more?: { username?: string; email?: string }, from?: Client): Promise<Account>;
  /** Registers an account with a verified address. */
  registerVerified(): Promise<Account>;
  /** Makes this the verified address of an account. */
  moveTo(account: Account, email: string): Promise<void>;
  /** Sets NEW_PASSWORD with a link from a mail. */
  resetPassword(account: Account): Promise<void>;
  /** Null if the login failed. */
  logIn(identifier: string, password: string, from?: Client): Promise<Viewer | null>;
  close(): Promise<void>;
};

/**
 * @param env settings in addition to those of the mailbox
 * @param answers of other subgraphs
 * @param addresses of servers of the test's own
 */
export async function startAccountFixture(
  env: Record<string, string> = {},
  answers: FakeAnswers = {},
  addresses?: Record<string, string>,
): Promise<AccountFixture> {
  const mailbox = await createMailbox();
  const environment = await createEnvironment({
    env: { ...mailbox.env, PUBLIC_URL: 'https://tintype.example', ...env },
    ...(addresses && { addresses }),
  });
  const wires = { ...createFakeSocialGraph(answers).wires, user: wireUser };
  const graph = await startSubgraphs(environment, wires, { workers: true });
  let people = 0;

  const execute = async <Data>(query: string, variables: object, viewer: Viewer | null, from: Client) => {
    const operation = query.startsWith('mutation') ? 'mutation' : 'query';
    const identity = { ...subjectOf(viewer), requestId: crypto.randomUUID(), operation, ...from } as const;
    return dataOf<Data>('user', await graph.client.execute('user', { query, variables: { ...variables }, identity }));
  };
  const mutate: AccountFixture['mutate'] = async <Payload>(
    name: string,
    input: object | null,
    fields: string,
    viewer: Viewer | null = null,
    from: Client = {},
  ) => {
    const [declared, given] = input
      ? [`($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!)`, '(input: $input)']
      : ['', ''];
    const data = await execute<{ payload: Payload & { errors: Errors } }>(
      `mutation ${declared} { payload: ${name}${given} { ${fields} } }`,
      input ? { input } : {},
      viewer,
      from,
    );
    return data.payload;
  };
  const ERRORS = 'errors { code message path }';
  const register: AccountFixture['register'] = async (more = {}, from = {}) => {
    const username = more.username ?? `person${++people}`;
    const email = more.email ?? `${username}@example.org`;
    type Payload = { user: { id: string } | null; accessToken: string; refreshToken: string };
    const input = { username, email, password: PASSWORD };
    const payload = await mutate<Payload>(
      'createAccount',
      input,
      `user { id } accessToken refreshToken ${ERRORS}`,
      null,
      from,
    );
    if (!payload.user) throw new Error(payload.errors.map(({ code }) => code).join());
    const sessionId = decodeJwt(payload.accessToken).sid as string;
    const viewer = { userId: requireGlobalId('User', payload.user.id), sessionId };
    return { viewer, username, email, refreshToken: payload.refreshToken };
  };
  // All workers start at this time. On a busy machine, no other request gets a connection until they have.
  await eventually(() => register(), { timeoutMs: 60_000 });
  return {
    environment,
    graph,
    mailbox,
    mutate,
    query: (query, viewer) => execute(query, {}, viewer, {}),
    register,
    async registerVerified() {
      const account = await register();
      const { token } = await mailbox.received(account.email, /verify/i);
      const { errors } = await mutate('verifyEmail', { token }, ERRORS);
      if (errors.length > 0) throw new Error(errors.map(({ code }) => code).join());
      return account;
    },
    async moveTo(account, email) {
      const change = { email, password: PASSWORD };
      const changed = await mutate('changeEmail', change, ERRORS, account.viewer);
      const { token } = await mailbox.received(email, /verify/i);
      const verified = await mutate('verifyEmail', { token }, ERRORS);
      const errors = [...changed.errors, ...verified.errors];
      if (errors.length > 0) throw new Error(errors.map(({ code }) => code).join());
      account.email = email;
    },
    async resetPassword({ email }) {
      const before = (await mailbox.to(email)).filter(({ subject }) => /reset/i.test(subject)).length;
      await mutate('requestPasswordReset', { email }, ERRORS);
      const mail = await eventually(async () => {
        const mails = (await mailbox.to(email)).filter(({ subject }) => /reset/i.test(subject));
        if (mails.length <= before) throw new Error('There is no mail yet.');
        return mails.at(-1)!;
      });
      const { errors } = await mutate('resetPassword', { token: mail.token, newPassword: NEW_PASSWORD }, ERRORS);
      if (errors.length > 0) throw new Error(errors.map(({ code }) => code).join());
    },
    async logIn(identifier, password, from = {}) {
      type Payload = { user: { id: string } | null; accessToken: string | null };
      const payload = await mutate<Payload>(
        'logIn',
        { identifier, password },
        `user { id } accessToken ${ERRORS}`,
        null,
        from,
      );
      if (!payload.user) return null;
      const sessionId = decodeJwt(payload.accessToken!).sid as string;
      return { userId: requireGlobalId('User', payload.user.id), sessionId };
    },
    async close() {
      await graph.close();
      await environment.close();
      await mailbox.close();
    },
  };
}
