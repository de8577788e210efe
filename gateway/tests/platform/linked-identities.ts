import { requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import type { Person } from './people.ts';
import type { TestPlatform } from './platform.ts';

const ISSUER = 'http://127.0.0.1:9';
export const REDIRECT_URI = 'https://app.example.org/callback';

/** Settings with an identity provider at which nobody answers. */
export const SILENT_PROVIDER = {
  IDENTITY_PROVIDERS: JSON.stringify([
    { key: 'example', name: 'Example', issuer: ISSUER, clientId: 'tintype', redirectUris: [REDIRECT_URI] },
  ]),
};

/** Links an account at this provider, as if the person had logged in there. @returns the ID of the link */
export async function addLinkedIdentity({ environment }: TestPlatform, person: Person): Promise<string> {
  const id = environment.ids.next();
  await environment.database.pool.query(
    `INSERT INTO "user".linked_identity (id, user_id, issuer, subject, label)
     VALUES ($1::bigint, $2, $3, $1::text, $4)`,
    [id, requireGlobalId('User', person.id), ISSUER, `${person.username}@example.net`],
  );
  return globalId('LinkedIdentity', id);
}
