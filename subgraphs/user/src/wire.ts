import { createOutbox, createRelay } from '@tintype/events';
import { createIdempotency, createSubgraph } from '@tintype/graphql';
import { createBannedWords } from '@tintype/graphql/internal';
import { createMailTransport } from '@tintype/mail';
import { createObjectStore } from '@tintype/s3';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import {
  appSettings,
  createExpiryJob,
  mailSettings,
  mediaSettings,
  publicSettings,
  s3Settings,
  type Wire,
} from '@tintype/service';
import { createAccountPublisher } from '#account/account.publisher.ts';
import {
  findAccountByUsername,
  findAccounts,
  findBannedAccount,
  findExistingAccounts,
  findIdsByUsername,
  findMailAddresses,
  findNotifiableAccounts,
  listAccountsAfter,
} from '#account/account.repository.ts';
import { createAccountResolvers } from '#account/account.resolver.ts';
import { createAccountService } from '#account/account.service.ts';
import { createAvatarService } from '#account/avatar.service.ts';
import { createClosureResolvers } from '#account/closure.resolver.ts';
import { createClosureService } from '#account/closure.service.ts';
import { createAvatarConsumer } from '#account/on-avatar-processed.consumer.ts';
import { createRegistrationService } from '#account/registration.service.ts';
import { createVisibilityService } from '#account/visibility.service.ts';
import { createAppResolvers } from '#app/app.resolver.ts';
import { createAppService } from '#app/app.service.ts';
import { deleteExpiredGrants } from '#app/grant.repository.ts';
import { deleteStale } from '#attempt/attempt.repository.ts';
import { createAttemptService } from '#attempt/attempt.service.ts';
import { createAuthorizationResolvers } from '#authorization/authorization.resolver.ts';
import { createAuthorizationServer } from '#authorization/authorization.server.ts';
import { createInteractionPages } from '#authorization/interaction.page.ts';
import { createRecordStore } from '#authorization/record.store.ts';
import { deleteExpiredTokens, findAccess } from '#authorization/token.repository.ts';
import { createDataExportJob, createExportRemovalJob } from '#data-export/data-export.job.ts';
import { createDataExportResolvers } from '#data-export/data-export.resolver.ts';
import { createDataExportService } from '#data-export/data-export.service.ts';
import { createExportWriter } from '#data-export/export-writer.ts';
import { deleteStaleDevices } from '#device/known-device.repository.ts';
import { createKnownDeviceService } from '#device/known-device.service.ts';
import { createEmailResolvers } from '#email/email.resolver.ts';
import { createEmailService } from '#email/email.service.ts';
import { deleteStaleTokens } from '#email/email-token.repository.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createIdentityProviderResolvers } from '#identity-provider/identity-provider.resolver.ts';
import { identityProviderSettings } from '#identity-provider/identity-provider.settings.ts';
import { createLinkedIdentityService } from '#identity-provider/linked-identity.service.ts';
import { createProviderFlowService } from '#identity-provider/provider-flow.service.ts';
import { createProviderLogInService } from '#identity-provider/provider-log-in.service.ts';
import { createAccountMailJob } from '#mail/account-mail.job.ts';
import { deleteStaleMails } from '#mail/account-mail.repository.ts';
import { createAssertionService } from '#passkey/assertion.service.ts';
import { deleteStaleUsedChallenges } from '#passkey/passkey.repository.ts';
import { createPasskeyResolvers } from '#passkey/passkey.resolver.ts';
import { createPasskeyService } from '#passkey/passkey.service.ts';
import { createPasswordEstimator } from '#password/estimator.ts';
import { createPasswordCheck } from '#password/password.check.ts';
import { createPasswordHasher } from '#password/password.hasher.ts';
import { createPasswordResolvers } from '#password/password.resolver.ts';
import { createPasswordService } from '#password/password.service.ts';
import { createRoleResolvers } from '#role/role.resolver.ts';
import { createRoleService } from '#role/role.service.ts';
import { findSuspension } from '#sanction/sanction.repository.ts';
import { createSanctionResolvers } from '#sanction/sanction.resolver.ts';
import { createSanctionService } from '#sanction/sanction.service.ts';
import { createCodeService } from '#second-factor/code.service.ts';
import { createConfirmationService } from '#second-factor/confirmation.service.ts';
import { deleteStaleChallenges } from '#second-factor/login-challenge.repository.ts';
import { createSecondFactorResolvers } from '#second-factor/second-factor.resolver.ts';
import { createSecondFactorService } from '#second-factor/second-factor.service.ts';
import { createLogInService } from '#session/log-in.service.ts';
import { createSessionPayload } from '#session/session.payload.ts';
import { deleteExpired } from '#session/session.repository.ts';
import { createSessionResolvers } from '#session/session.resolver.ts';
import { createSessionService } from '#session/session.service.ts';
import { createSessionStateStore } from '#session/session-state.store.ts';
import { createSigningKeyService } from '#session/signing-key.service.ts';
import { hashToken } from '#session/token-hash.rules.ts';
import { createSettingsResolvers } from '#settings/settings.resolver.ts';
import { createSettingsService } from '#settings/settings.service.ts';
import { deleteStaleUsernames } from '#username/username.repository.ts';
import { createUsernameResolvers } from '#username/username.resolver.ts';
import { createUsernameService } from '#username/username.service.ts';
import { passkeySettings } from './config.ts';
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
  const bannedWords = createBannedWords({ client, log });
  const accounts = createAccountService({ pool, publisher, visibility, bannedWords, client });
  const registrations = createRegistrationService({
    pool,
    ids,
    passwords,
    checkPassword,
    attempts,
    publisher,
    bannedWords,
    hasMail,
  });
  const sessionState = createSessionStateStore({ redis, log });
  const { relyingParty } = config.of(passkeySettings);
  const assertions = createAssertionService({ pool, ids, relyingParty, secret: config.secret, log });
  const codes = createCodeService({ pool, ids, attempts, secret: config.secret });
  const confirmations = createConfirmationService({ pool, attempts, assertions, codes });
  const devices = createKnownDeviceService({ pool, ids, secret: config.secret });
  const sessions = createSessionService({ pool, ids, keys, publisher, sessionState, secret: config.secret, log });
  const logIns = createLogInService({ pool, attempts, passwords, assertions, devices, codes, sessions });
  const email = createEmailResolvers({ emails: createEmailService({ pool, ids, confirmations, hasMail }) });
  const password = createPasswordResolvers({
    passwords: createPasswordService({
      pool,
      ids,
      passwords,
      checkPassword,
      attempts,
      devices,
      codes,
      sessionState,
      hasMail,
    }),
    idempotency,
  });
  const settings = createSettingsResolvers({ settings: createSettingsService({ pool, publisher }) });
  const secondFactor = createSecondFactorResolvers({
    factors: createSecondFactorService({
      pool,
      ids,
      codes,
      confirmations,
      sessionState,
      hasMail,
      secret: config.secret,
    }),
  });
  const passkey = createPasskeyResolvers({
    passkeys: createPasskeyService({
      pool,
      ids,
      confirmations,
      sessionState,
      relyingParty,
      hasMail,
      secret: config.secret,
      log,
    }),
    assertions,
  });
  const sessionOf = createSessionPayload((id) => findBannedAccount(pool, id));
  const { identityProviders: providers } = config.of(identityProviderSettings);
  const flows = createProviderFlowService({ providers, secret: config.secret, log });
  const identityProvider = createIdentityProviderResolvers({
    flows,
    logIns: createProviderLogInService({
      pool,
      flows,
      logIns,
      registrations,
      attempts,
      devices,
      sessions,
      secret: config.secret,
    }),
    identities: createLinkedIdentityService({ pool, ids, confirmations, flows, sessionState, hasMail }),
    sessionOf,
  });
  const role = createRoleResolvers({ roles: createRoleService({ pool, publisher }) });
  const username = createUsernameResolvers({ usernames: createUsernameService({ pool, ids, publisher, bannedWords }) });
  const closure = createClosureResolvers({
    closures: createClosureService({ pool, confirmations, idempotency, publisher, visibility, sessionState }),
  });
  const store = createObjectStore(config.of(s3Settings));
  const dataExport = createDataExportResolvers({
    exports: createDataExportService({ pool, ids, confirmations, store }),
  });
  const account = createAccountResolvers({
    accounts,
    visibility,
    findBanned: (id) => findBannedAccount(pool, id),
    findExisting: (ids) => findExistingAccounts(pool, ids),
    findByUsername: (username) => findAccountByUsername(pool, username),
    findIdsByUsername: (usernames) => findIdsByUsername(pool, usernames),
    listAfter: (after, first) => listAccountsAfter(pool, after, first),
    findMailAddresses: (ids) => findMailAddresses(pool, ids),
    ...config.of(mediaSettings),
  });
  const app = createAppResolvers({ apps: createAppService({ pool, ids, sessionState, bannedWords }), idempotency });
  const authorization = createAuthorizationResolvers({
    findAccess: (token) => findAccess(pool, hashToken(token)),
    server: createAuthorizationServer({
      ...config.of(publicSettings),
      ...config.of(mediaSettings),
      secret: config.secret,
      keys,
      records: createRecordStore({ pool, redis, sessionState }),
      pages: createInteractionPages({ pool, ids, logIns, devices, sessionState, secret: config.secret }),
      findAccount: async (id) => (await findAccounts(pool, [id]))[0] ?? null,
      log,
    }),
  });
  const session = createSessionResolvers({
    registrations,
    attempts,
    idempotency,
    sessions,
    logIns,
    devices,
    keys,
    sessionOf,
  });
  const sanction = createSanctionResolvers({
    sanctions: createSanctionService({ pool, ids, publisher, visibility, sessionState }),
    findSuspension: (userId) => findSuspension(pool, userId),
    findNotifiable: (userIds) => findNotifiableAccounts(pool, userIds),
  });
  const subgraph = createSubgraph({
    name: 'user',
    typeDefs: subgraphSdl('user'),
    resolvers: {
      App: app.App,
      AuthorizedApp: app.AuthorizedApp,
      User: account.User,
      BioEntity: account.BioEntity,
      BioMention: account.BioMention,
      LinkedIdentity: identityProvider.LinkedIdentity,
      Passkey: passkey.Passkey,
      Session: session.Session,
      DataExport: dataExport.DataExport,
      StaffMember: role.StaffMember,
      Query: {
        ...account.Query,
        ...app.Query,
        ...authorization.Query,
        ...dataExport.Query,
        ...email.Query,
        ...identityProvider.Query,
        ...passkey.Query,
        ...role.Query,
        ...sanction.Query,
        ...secondFactor.Query,
        ...session.Query,
        ...settings.Query,
      },
      Mutation: {
        ...account.Mutation,
        ...app.Mutation,
        ...authorization.Mutation,
        ...closure.Mutation,
        ...dataExport.Mutation,
        ...email.Mutation,
        ...identityProvider.Mutation,
        ...passkey.Mutation,
        ...password.Mutation,
        ...role.Mutation,
        ...sanction.Mutation,
        ...secondFactor.Mutation,
        ...session.Mutation,
        ...settings.Mutation,
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
    ['app-grant', (limit) => deleteExpiredGrants(pool, limit)],
    ['app-token', (limit) => deleteExpiredTokens(pool, limit)],
    ['email-token', (limit) => deleteStaleTokens(pool, limit)],
    ['login-challenge', (limit) => deleteStaleChallenges(pool, limit)],
    ['passkey-challenge', (limit) => deleteStaleUsedChallenges(pool, limit)],
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
      createDataExportJob({ pool, ids, store, writer: createExportWriter({ pool, client, store }), log }),
      createExportRemovalJob({ pool, store, log }),
      createAvatarConsumer({ bus, avatars: createAvatarService({ pool, publisher }), log }),
    ],
    async close() {
      await sessionState.close();
      transport?.close();
      store.close();
    },
    async warm() {
      await keys
        .publicKeys()
        .catch((error) => log.warn({ error }, 'The signing keys could not be read before the first request.'));
    },
  };
};
