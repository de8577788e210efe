import { RequestError, requireGlobalId, requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { findBioEntities } from '#profile/bio.service.ts';
import type { Context } from '../context.ts';
import type { AccountModel } from './account.model.ts';
import type { AccountService } from './account.service.ts';
import type { VisibilityService } from './visibility.service.ts';

type AccountResolvers = {
  Query: Pick<
    CompleteResolvers['Query'],
    'me' | 'user' | 'accounts' | 'accountIds' | 'accountsAfter' | 'accountsById' | 'mailAddresses'
  >;
  Mutation: Pick<CompleteResolvers['Mutation'], 'updateProfile' | 'reconcileVisibility'>;
} & Pick<CompleteResolvers, 'User' | 'BioEntity' | 'BioMention'>;

const MAX_REINDEXED = 1000;

/** The account, if it is visible to the viewer. */
async function shown(account: AccountModel | null, { loaders }: Context): Promise<AccountModel | null> {
  if (!account) return null;
  const relation = await loaders.relations.load(account.id);
  return relation && can('profile.view', relation) ? account : null;
}

export function createAccountResolvers(deps: {
  accounts: AccountService;
  visibility: VisibilityService;
  /** A banned account, for its owner. */
  findBanned(id: bigint): Promise<AccountModel | null>;
  findExisting(ids: readonly bigint[]): Promise<AccountModel[]>;
  findByUsername(username: string): Promise<AccountModel | null>;
  findIdsByUsername(usernames: readonly string[]): Promise<{ id: bigint }[]>;
  listAfter(after: bigint, first: number): Promise<AccountModel[]>;
  findMailAddresses(ids: readonly bigint[]): Promise<{ userId: bigint; email: string }[]>;
  /** Prepended to the key of a picture. */
  mediaBaseUrl: string;
}): AccountResolvers {
  const { accounts, visibility, findBanned, findExisting, findByUsername, findIdsByUsername } = deps;
  const { listAfter, findMailAddresses, mediaBaseUrl } = deps;
  return {
    Query: {
      async me(_, __, { viewer, loaders }) {
        return viewer && ((await loaders.accounts.load(viewer.userId)) ?? findBanned(viewer.userId));
      },
      async user(_, args, context) {
        const [id, username] = [args.id ?? null, args.username ?? null];
        if ((id === null) === (username === null)) {
          throw new RequestError('BAD_USER_INPUT', 'Give the field user either an id or a username.');
        }
        if (username !== null) return shown(await findByUsername(username), context);
        const userId = id === null ? null : parseGlobalId('User', id);
        return userId === null ? null : shown(await context.loaders.accounts.load(userId), context);
      },
      async accounts(_, { ids }, { loaders }) {
        const found = await Promise.all(ids.map((id) => loaders.accounts.load(id)));
        return found
          .filter((one) => one !== null)
          .map(({ id, isPrivate, visibilityVersion }) => {
            return { id, isPrivate, visibilityVersion };
          });
      },
      async accountIds(_, { usernames }, { loaders }) {
        const found = await findIdsByUsername(usernames);
        const relations = await Promise.all(found.map(({ id }) => loaders.relations.load(id)));
        return found.filter((_one, index) => can('profile.view', relations[index]!)).map(({ id }) => id);
      },
      async accountsAfter(_, { after, first }) {
        if (first < 1 || first > MAX_REINDEXED)
          throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${MAX_REINDEXED}.`);
        return listAfter(after ?? 0n, first);
      },
      accountsById: (_, { ids }) => findExisting(ids),
      mailAddresses: (_, { userIds }) => findMailAddresses(userIds),
    },
    Mutation: {
      async updateProfile(_, { input }, context) {
        const { userId } = requireViewer(context);
        const outcome = await accounts.updateProfile(context.identity, userId, input);
        return 'errors' in outcome ? { user: null, errors: outcome.errors } : { user: outcome.account, errors: [] };
      },
      async reconcileVisibility(_, { userId, visibilityVersion }) {
        const found = await visibility.reconcile(userId, visibilityVersion);
        return (
          found && {
            isPrivate: found.isPrivate,
            isDeactivated: found.state === 'DEACTIVATED' || found.state === 'BANNED',
            isDeleted: found.state === 'DELETED',
            visibilityVersion: found.visibilityVersion,
          }
        );
      },
    },
    User: {
      async __resolveReference(reference, context) {
        const id = requireGlobalId('User', reference.id);
        return shown(await context.loaders.accounts.load(id), context);
      },
      id: ({ id }) => globalId('User', id),
      bioEntities: (account, _, { loaders }) => findBioEntities(account, loaders),
      avatar: ({ avatarKey, avatarPlaceholder }) =>
        avatarKey === null ? null : { url: `${mediaBaseUrl}/${avatarKey}`, placeholder: avatarPlaceholder },
    },
    BioEntity: { __resolveType: (entity) => ('url' in entity ? 'BioLink' : 'BioMention') },
    BioMention: { user: ({ account }) => account },
  };
}
