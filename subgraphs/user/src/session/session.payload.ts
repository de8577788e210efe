import type { AccountModel } from '#account/account.model.ts';
import type { Context } from '../context.ts';
import type { Tokens } from './session.service.ts';

/** The fields of a payload without a session. */
export const NO_SESSION = { user: null, accessToken: null, expiresAt: null, refreshToken: null };

/** The fields of a payload with a session that was just opened or refreshed. */
export type SessionPayload = (
  tokens: Tokens,
  context: Context,
) => Promise<{ user: AccountModel | null } & Omit<Tokens, 'userId'>>;

/** @param findBanned a banned account, for its owner */
export function createSessionPayload(findBanned: (id: bigint) => Promise<AccountModel | null>): SessionPayload {
  return async ({ userId, ...tokens }, { loaders }) => ({
    user: (await loaders.accounts.load(userId)) ?? (await findBanned(userId)),
    ...tokens,
  });
}
