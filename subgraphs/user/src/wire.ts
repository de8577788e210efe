import { createOutbox, createRelay } from '@tintype/events';
import { createIdempotency, createSubgraph } from '@tintype/graphql';
import { createMailTransport } from '@tintype/mail';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import { appSettings, createExpiryJob, mailSettings, mediaSettings, type Wire } from '@tintype/service';
import { createAccountPublisher } from '#account/account.publisher.ts';
import {
  findAccountByUsername,
  findIdsByUsername,
  findMailAddresses,
  listAccountsAfter,
} from '#account/account.repository.ts';
import { createAccountResolvers } from '#account/account.resolver.ts';
import { createAccountService } from '#account/account.service.ts';
import { createAvatarService } from '#account/avatar.service.ts';
import { createClosureResolvers } from '#account/closure.resolver.ts';
import { createClosureService } from '#account/closure.service.ts';
import { createAvatarConsumer } from '#account/on-avatar-processed.consumer.ts';
import { createVisibilityService } from '#account/visibility.service.ts';
import { deleteStale } from '#attempt/attempt.repository.ts';
import { createAttemptService } from '#attempt/attempt.service.ts';
import { deleteStaleDevices } from '#device/known-device.repository.ts';
import { createKnownDeviceService } from '#device/known-device.service.ts';
import { createEmailResolvers } from '#email/email.resolver.ts';
import { createEmailService } from '#email/email.service.ts';
import { deleteStaleTokens } from '#email/email-token.repository.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createAccountMailJob } from '#mail/account-mail.job.ts';
import { deleteStaleMails } from '#mail/account-mail.repository.ts';
import { createPasswordEstimator } from '#password/estimator.ts';
import { createPasswordCheck } from '#password/password.check.ts';
import { createPasswordHasher } from '#password/password.hasher.ts';
import { createPasswordResolvers } from '#password/password.resolver.ts';
import { createPasswordService } from '#password/password.service.ts';
import { deleteStaleChallenges } from '#second-factor/login-challenge.repository.ts';
import { createSecondFactorResolvers } from '#second-factor/second-factor.resolver.ts';
import { createSecondFactorService } from '#second-factor/second-factor.service.ts';
import { deleteExpired } from '#session/session.repository.ts';
import { createSessionResolvers } from '#session/session.resolver.ts';
import { createSessionService } from '#session/session.service.ts';
import { createSessionStateStore } from '#session/session-state.store.ts';
import { createSigningKeyService } from '#session/signing-key.service.ts';
import { deleteStaleUsernames } from '#username/username.repository.ts';
import { createUsernameResolvers } from '#username/username.resolver.ts';
import { createUsernameService } from '#username/username.service.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ config, database, redis, ids, client, log }) => {
  const { pool, prisma } = database;
  const publisher = createAccountPublisher(createOutbox({ owner: 'user', ids }));
  const passwords = createPasswordHasher();
  const idempotency = createIdempotency({ pool, schema: 'user' });
  const attempts = createAttemptService({ pool, ids, passwords, secret: config.secret });
  const keys = createSigningKeyService({ pool, prisma, secret: config.secret, log });
  const visibility = createVisibilityService({ pool, client, log });
  const { mail, mailFrom } = config.of(mailSettings);
  const transport = mail && createMailTransport(mail);
  const hasMail = mail !== null;
  const checkPassword = createPasswordCheck(createPasswordEstimator());
  const accounts = createAccountService({
    pool,
    ids,
    passwords,
    checkPassword,
    attempts,
    publisher,
    visibility,
    client,
    hasMail,
  });
  const sessionState = createSessionStateStore({ redis, log });
  const factors = createSecondFactorService({ pool, ids, attempts, sessionState, secret: config.secret });
  const devices = createKnownDeviceService({ pool, ids, secret: config.secret });
  const sessions = createSessionService({
    pool,
    ids,
    attempts,
    passwords,
    devices,
    factors,
    keys,
    publisher,
    sessionState,
    secret: config.secret,
    log,
  });
  const email = createEmailResolvers({ emails: createEmailService({ pool, ids, attempts, factors, hasMail }) });
  const password = createPasswordResolvers({
    passwords: createPasswordService({ pool, ids, passwords, checkPassword, attempts, factors, sessionState, hasMail }),
    idempotency,
  });
  const secondFactor = createSecondFactorResolvers({ factors });
  const username = createUsernameResolvers({ usernames: createUsernameService({ pool, ids, publisher }) });
  const closure = createClosureResolvers({
    closures: createClosureService({ pool, attempts, factors, idempotency, publisher, visibility, sessionState }),
  });
  const account = createAccountResolvers({
    accounts,
    visibility,
    findByUsername: (username) => findAccountByUsername(pool, username),
    findIdsByUsername: (usernames) => findIdsByUsername(pool, usernames),
    listAfter: (after, first) => listAccountsAfter(pool, after, first),
    findMailAddresses: (ids) => findMailAddresses(pool, ids),
    ...config.of(mediaSettings),
  });
  const session = createSessionResolvers({ accounts, attempts, idempotency, sessions, devices, keys });
  const subgraph = createSubgraph({
    name: 'user',
    typeDefs: subgraphSdl('user'),
    resolvers: {
      User: account.User,
      Session: session.Session,
      Query: { ...account.Query, ...email.Query, ...secondFactor.Query, ...session.Query },
      Mutation: {
        ...account.Mutation,
        ...closure.Mutation,
        ...email.Mutation,
        ...password.Mutation,
        ...secondFactor.Mutation,
        ...session.Mutation,
        ...username.Mutation,
      },
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  const expiries: [what: string, remove: (limit: number) => Promise<number>][] = [
    ['idempotency', idempotency.removeOld],
    ['attempt', (limit) => deleteStale(pool, limit)],
    ['session', (limit) => deleteExpired(pool, limit)],
    ['device', (limit) => deleteStaleDevices(pool, limit)],
    ['email-token', (limit) => deleteStaleTokens(pool, limit)],
    ['login-challenge', (limit) => deleteStaleChallenges(pool, limit)],
    ['former-username', (limit) => deleteStaleUsernames(pool, limit)],
    ['account-mail', (limit) => deleteStaleMails(pool, limit)],
  ];
  return {
    subgraph,
    createWorkers: (bus) => [
      createRelay({ owner: 'user', database, bus, log }),
      ...expiries.map(([what, remove]) => createExpiryJob({ name: `user__${what}-expiry`, remove, log })),
      ...(transport
        ? [
            createAccountMailJob({
              pool,
              transport,
              from: mailFrom,
              ...config.of(appSettings),
              secret: config.secret,
              log,
            }),
          ]
        : []),
      createAvatarConsumer({ bus, avatars: createAvatarService({ pool, publisher }), log }),
    ],
    async close() {
      transport?.close();
    },
    async warm() {
      await keys
        .publicKeys()
        .catch((error) => log.warn({ error }, 'The signing keys could not be read before the first request.'));
    },
  };
};
