import { createOutbox, createRelay } from '@tintype/events';
import { createIdempotency, createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import { createExpiryJob, mediaSettings, type Wire } from '@tintype/service';
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
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createPasswordEstimator } from '#password/estimator.ts';
import { createPasswordCheck } from '#password/password.check.ts';
import { createPasswordHasher } from '#password/password.hasher.ts';
import { deleteExpired } from '#session/session.repository.ts';
import { createSessionResolvers } from '#session/session.resolver.ts';
import { createSessionService } from '#session/session.service.ts';
import { createSessionDenial } from '#session/session-denial.ts';
import { createSigningKeyService } from '#session/signing-key.service.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ config, database, redis, bus, ids, client, log }) => {
  const { pool, prisma } = database;
  const publisher = createAccountPublisher(createOutbox({ owner: 'user', ids }));
  const passwords = createPasswordHasher();
  const idempotency = createIdempotency({ pool, schema: 'user' });
  const attempts = createAttemptService({ pool, passwords, secret: config.secret });
  const keys = createSigningKeyService({ pool, prisma, secret: config.secret, log });
  const visibility = createVisibilityService({ pool, client, log });
  const accounts = createAccountService({
    pool,
    ids,
    passwords,
    checkPassword: createPasswordCheck(createPasswordEstimator()),
    attempts,
    publisher,
    visibility,
    client,
  });
  const denial = createSessionDenial({ redis, log });
  const sessions = createSessionService({ pool, ids, attempts, keys, publisher, denial, secret: config.secret, log });
  const closure = createClosureResolvers({
    closures: createClosureService({ pool, attempts, idempotency, publisher, visibility, denial }),
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
  const session = createSessionResolvers({ accounts, attempts, idempotency, sessions, keys });
  const subgraph = createSubgraph({
    name: 'user',
    typeDefs: subgraphSdl('user'),
    resolvers: {
      User: account.User,
      Query: { ...account.Query, ...session.Query },
      Mutation: { ...account.Mutation, ...closure.Mutation, ...session.Mutation },
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  return {
    subgraph,
    workers: [
      createRelay({ owner: 'user', database, bus, log }),
      createExpiryJob({ name: 'user__idempotency-expiry', remove: idempotency.removeOld, log }),
      createExpiryJob({ name: 'user__attempt-expiry', remove: (limit) => deleteStale(pool, limit), log }),
      createExpiryJob({ name: 'user__session-expiry', remove: (limit) => deleteExpired(pool, limit), log }),
      createAvatarConsumer({ bus, avatars: createAvatarService({ pool, publisher }), log }),
    ],
    async warm() {
      await keys
        .publicKeys()
        .catch((error) => log.warn({ error }, 'The signing keys could not be read before the first request.'));
    },
  };
};
