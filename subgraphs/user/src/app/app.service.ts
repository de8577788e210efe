import {
  type Connection,
  connection,
  deletedSince,
  encodeCursor,
  type PageArgs,
  pageArgs,
  type Remember,
  readOf,
} from '@tintype/graphql';
import type { BannedWords } from '@tintype/graphql/internal';
import { type IdGenerator, parseGlobalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { lockState } from '#account/closure.repository.ts';
import type {
  CreateAppErrorCode,
  DeleteAppErrorCode,
  ReplaceAppSecretErrorCode,
  UpdateAppErrorCode,
} from '#generated/graphql.ts';
import { checkAllowed } from '#profile/allowed-text.rules.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import { hashToken } from '#session/token-hash.rules.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import { APP_LIMITS } from '../limits.ts';
import type { AppModel, AuthorizedAppModel } from './app.model.ts';
import { deleteApp, findApp, insertApp, listApps, lockApp, setAppSecret, updateApp } from './app.repository.ts';
import { checkAppName, checkAppWebsite, checkRedirectUris, newAppSecret } from './app.rules.ts';
import { deleteGrantsOfPersonToApp, deleteGrantsToApp, listAuthorizedApps } from './grant.repository.ts';

export type NewApp = { name: string; website: string; redirectUris: readonly string[]; isConfidential: boolean };
export type AppEdit = {
  appId: string;
  name?: string | null;
  website?: string | null;
  redirectUris?: readonly string[] | null;
};

/** `secret`: of a confidential app. It is shown once. */
type Created = { app: AppModel; secret: string | null } | { errors: InputError<CreateAppErrorCode>[] };

export type AppService = {
  create(ownerId: bigint, input: NewApp, remember: Remember): Promise<Created>;
  /** The app that an earlier request with the same key created. Its secret was shown then. */
  created(ownerId: bigint, id: bigint): Promise<Created>;
  update(ownerId: bigint, input: AppEdit): Promise<{ app: AppModel } | { errors: InputError<UpdateAppErrorCode>[] }>;
  /** The former secret is useless from then on. */
  replaceSecret(
    ownerId: bigint,
    appId: string,
  ): Promise<{ secret: string } | { error: InputError<ReplaceAppSecretErrorCode> }>;
  /** Ends all grants to the app, too. */
  delete(ownerId: bigint, appId: string): Promise<InputError<DeleteAppErrorCode> | null>;
  list(ownerId: bigint, args: PageArgs): Promise<Connection<AppModel>>;
  listAuthorized(userId: bigint, args: PageArgs): Promise<Connection<AuthorizedAppModel>>;
  /** Ends all grants of a person to an app at once. @returns whether there was one */
  revoke(userId: bigint, appId: string): Promise<boolean>;
};

export function createAppService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  sessionState: SessionStateStore;
  bannedWords: BannedWords;
}): AppService {
  const { pool, ids, sessionState, bannedWords } = deps;

  return {
    async create(ownerId, input, remember) {
      const [name, website] = [input.name.normalize('NFC').trim(), input.website.trim()];
      const redirectUris = [...input.redirectUris];
      const errors = [checkAppName(name), checkAppWebsite(website), checkRedirectUris(redirectUris)].filter(
        (error) => error !== null,
      );
      if (errors.length > 0) return { errors };
      const notAllowed = checkAllowed({ name, website }, await bannedWords.current());
      if (notAllowed.length > 0) return { errors: notAllowed };
      const secret = input.isConfidential ? newAppSecret() : null;
      const secretHash = secret === null ? null : hashToken(secret);
      return transaction(pool, async (tx) => {
        if ((await lockState(tx, ownerId)) !== 'ACTIVE') throw accountEnded();
        const app = { id: ids.next(), ownerId, name, website, redirectUris, secretHash };
        const inserted = await insertApp(tx, app, APP_LIMITS.apps);
        if (!inserted) return { errors: [inputError('TOO_MANY_APPS')] };
        await remember(tx, [String(inserted.id)]);
        return { app: inserted, secret };
      });
    },
    async created(ownerId, id) {
      const app = await findApp(pool, id);
      return app?.ownerId === ownerId ? { app, secret: null } : { errors: [deletedSince('APP_NOT_FOUND')] };
    },
    async update(ownerId, { appId, ...input }) {
      const notFound = { errors: [inputError('APP_NOT_FOUND', 'appId')] };
      const id = parseGlobalId('App', appId);
      if (id === null) return notFound;
      const name = input.name?.normalize('NFC').trim();
      const website = input.website?.trim();
      const redirectUris = input.redirectUris ? [...input.redirectUris] : undefined;
      const errors = [
        name === undefined ? null : checkAppName(name),
        website === undefined ? null : checkAppWebsite(website),
        redirectUris === undefined ? null : checkRedirectUris(redirectUris),
      ].filter((error) => error !== null);
      if (errors.length > 0) return { errors };
      const notAllowed = checkAllowed({ name, website }, await bannedWords.current());
      if (notAllowed.length > 0) return { errors: notAllowed };
      const app = await updateApp(pool, id, ownerId, { name, website, redirectUris });
      return app ? { app } : notFound;
    },
    async replaceSecret(ownerId, appId) {
      const id = parseGlobalId('App', appId);
      const app = id === null ? null : await findApp(pool, id);
      if (app?.ownerId !== ownerId) return { error: inputError('APP_NOT_FOUND', 'appId') };
      const secret = newAppSecret();
      const isSet = await setAppSecret(pool, app.id, ownerId, hashToken(secret));
      return isSet ? { secret } : { error: inputError('APP_IS_PUBLIC', 'appId') };
    },
    async delete(ownerId, appId) {
      const id = parseGlobalId('App', appId);
      const ended =
        id === null
          ? null
          : await transaction(pool, async (tx) => {
              // As with all changes: the account first.
              await lockState(tx, ownerId);
              const app = await lockApp(tx, id);
              if (app?.ownerId !== ownerId) return null;
              const grantIds = await deleteGrantsToApp(tx, id);
              await deleteApp(tx, id);
              return sessionState.announceEnd(grantIds);
            });
      if (!ended) return inputError('APP_NOT_FOUND', 'appId');
      await sessionState.deny(ended);
      return null;
    },
    async list(ownerId, args) {
      const page = pageArgs(args, `apps:${ownerId}`, 1);
      const rows = await listApps(pool, ownerId, readOf(page));
      return connection(
        rows,
        page,
        (row) => row,
        ({ id }) => encodeCursor(page.kind, [id]),
      );
    },
    async listAuthorized(userId, args) {
      const page = pageArgs(args, `authorized-apps:${userId}`, 1);
      const rows = await listAuthorizedApps(pool, userId, readOf(page));
      return connection(
        rows,
        page,
        (row) => row,
        ({ id }) => encodeCursor(page.kind, [id]),
      );
    },
    async revoke(userId, appId) {
      const id = parseGlobalId('App', appId);
      if (id === null) return false;
      const ended = await transaction(pool, async (tx) =>
        sessionState.announceEnd(await deleteGrantsOfPersonToApp(tx, userId, id)),
      );
      await sessionState.deny(ended);
      return ended.length > 0;
    },
  };
}
