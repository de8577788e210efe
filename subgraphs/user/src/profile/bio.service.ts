import type { Loader } from '@tintype/graphql';
import { can, type Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import { extractMentions } from '@tintype/text';
import type { AccountModel } from '#account/account.model.ts';
import { findMentioned } from '#account/account.repository.ts';
import { partsOfBio } from './bio.rules.ts';
import type { BioEntityModel, BioMention } from './profile.model.ts';

/** The people whom a bio mentions and whom its author may see, as they are stored with it. */
export async function findBioMentions(
  executor: Executor,
  bio: string,
  relations: Loader<bigint, Relation>,
): Promise<BioMention[]> {
  const found = await findMentioned(executor, extractMentions(bio));
  const known = await Promise.all(found.map(({ id }) => relations.load(id)));
  return found.filter((_, index) => isNamed(known[index])).map(({ name, id }) => ({ name, id: String(id) }));
}

/** The links in a bio, and the mentions of people whom the viewer may see, with their present accounts. */
export async function findBioEntities(
  { bio, bioMentions }: AccountModel,
  loaders: { accounts: Loader<bigint, AccountModel>; relations: Loader<bigint, Relation> },
): Promise<BioEntityModel[]> {
  const entities = await Promise.all(
    partsOfBio(bio, bioMentions).map(async (part): Promise<BioEntityModel | null> => {
      if ('url' in part) return part;
      const { userId, range } = part;
      const [account, relation] = await Promise.all([loaders.accounts.load(userId), loaders.relations.load(userId)]);
      return account && isNamed(relation) ? { range, account } : null;
    }),
  );
  return entities.filter((entity) => entity !== null);
}

function isNamed(relation: Relation | null | undefined): boolean {
  return relation != null && can('profile.view', relation) && !relation.blocks;
}
