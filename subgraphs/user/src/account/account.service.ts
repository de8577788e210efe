import type { SubgraphClient } from '@tintype/graphql';
import { type BannedWords, relationLoaderOf } from '@tintype/graphql/internal';
import { parseGlobalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { AvatarUploadReadyDocument } from '@tintype/schema/internal/post';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import type { ProfileCategory, UpdateProfileErrorCode } from '#generated/graphql.ts';
import { checkAllowed } from '#profile/allowed-text.rules.ts';
import { findBioMentions } from '#profile/bio.service.ts';
import type { ProfileLink } from '#profile/profile.model.ts';
import { checkLinks, checkMentions, checkPronouns } from '#profile/profile.rules.ts';
import { accountEnded, type ErrorCode, type InputError, inputError } from '../errors.ts';
import type { AccountModel } from './account.model.ts';
import type { AccountPublisher } from './account.publisher.ts';
import { type ProfileChange, updateProfile as writeProfile } from './account.repository.ts';
import { checkText } from './account.rules.ts';
import type { VisibilityService } from './visibility.service.ts';

export type ProfileEdit = {
  displayName?: string | null;
  bio?: string | null;
  pronouns?: readonly string[] | null;
  category?: ProfileCategory | null;
  links?: readonly ProfileLink[] | null;
  isPrivate?: boolean | null;
  avatarUploadId?: string | null;
};

type Outcome<Code extends ErrorCode> = { account: AccountModel } | { errors: InputError<Code>[] };

export type AccountService = {
  updateProfile(identity: Identity, userId: bigint, input: ProfileEdit): Promise<Outcome<UpdateProfileErrorCode>>;
};

export function createAccountService(deps: {
  pool: pg.Pool;
  publisher: AccountPublisher;
  visibility: VisibilityService;
  bannedWords: BannedWords;
  client: SubgraphClient;
}): AccountService {
  const { pool, publisher, visibility, bannedWords, client } = deps;

  const uploadOf = async (identity: Identity, id: string): Promise<bigint | null> => {
    const uploadId = parseGlobalId('Upload', id);
    if (uploadId === null) return null;
    const { uploadReady } = await client.request(AvatarUploadReadyDocument, { id: String(uploadId) }, identity);
    return uploadReady ? uploadId : null;
  };

  return {
    async updateProfile(identity, userId, input) {
      const displayName = input.displayName?.normalize('NFC').trim();
      const bio = input.bio?.normalize('NFC').trim();
      const pronouns = input.pronouns == null ? undefined : checkPronouns(input.pronouns);
      const links = input.links == null ? undefined : checkLinks(input.links);
      const errors = [
        displayName === undefined ? null : checkText('displayName', displayName),
        bio === undefined ? null : (checkText('bio', bio) ?? checkMentions(bio)),
        ...(pronouns && 'errors' in pronouns ? pronouns.errors : []),
        ...(links && 'errors' in links ? links.errors : []),
      ].filter((error) => error !== null);
      if (errors.length > 0 || (pronouns && 'errors' in pronouns) || (links && 'errors' in links)) return { errors };
      const shown = { displayName, bio, pronouns, links: links?.map(({ title, url }) => `${title}\n${url}`) };
      const notAllowed = checkAllowed(shown, await bannedWords.current());
      if (notAllowed.length > 0) return { errors: notAllowed };
      const change: ProfileChange = {
        displayName,
        bio,
        bioMentions:
          bio === undefined ? undefined : await findBioMentions(pool, bio, relationLoaderOf({ client, identity })),
        pronouns,
        category: input.category ?? undefined,
        links,
        isPrivate: input.isPrivate ?? undefined,
      };
      if (input.avatarUploadId != null) {
        const uploadId = await uploadOf(identity, input.avatarUploadId);
        if (uploadId === null) return { errors: [inputError('UPLOAD_NOT_FOUND', 'avatarUploadId')] };
        change.avatarUploadId = uploadId;
      }
      const write = async (tx: pg.PoolClient): Promise<Outcome<UpdateProfileErrorCode>> => {
        const account = await writeProfile(tx, userId, change);
        // Access tokens stay valid for some minutes after their account is deleted.
        if (!account) throw accountEnded();
        await publisher.updated(tx, account);
        if (change.avatarUploadId !== undefined) await publisher.avatarRequested(tx, userId, change.avatarUploadId);
        return { account };
      };
      return change.isPrivate ? visibility.hide(userId, 'private', write) : transaction(pool, write);
    },
  };
}
