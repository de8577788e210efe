import { createOutbox } from '@tintype/events';
import { createClient, type TintypeClient } from '@tintype/schema/client';
import { openResources, type PlatformConfig, publicSettings } from '@tintype/service';
import { decodeJwt } from 'jose';
import { createAccountPublisher } from '#account/account.publisher.ts';
import { findCredential } from '#account/account.repository.ts';
import { findRoles } from '#role/role.repository.ts';
import { createSessionService, type Opened } from '#session/session.service.ts';
import { createSessionStateStore } from '#session/session-state.store.ts';
import { createSigningKeyService } from '#session/signing-key.service.ts';

/** How the session is named in the list of the account's sessions. */
const DEVICE = 'Admin command';

/**
 * Lets an operator use the graph as a moderator or admin. The operator needs no password, because they have access to
 * the database and know the secret of the platform. The graph decides what the account may do, and the audit log names
 * it. The session ends with the work.
 *
 * @param options.url of the platform, by default its public URL
 * @throws Error if there is no active account with a role and this username
 */
export async function withOperatorClient<Result>(
  config: PlatformConfig,
  options: { username: string; url?: string | undefined },
  work: (client: TintypeClient) => Promise<Result>,
): Promise<Result> {
  const resources = await openResources(config, 'admin-cli');
  try {
    const { username, url = config.of(publicSettings).publicUrl } = options;
    const operator = openOperatorSessions({ ...resources.ownedBy('user', { quota: 'all' }), config });
    const session = await operator.open(username);
    if (!session) throw new Error(`There is no active moderator or admin @${username}.`);
    try {
      return await work(createClient(`${url.replace(/\/$/, '')}/graphql`, session.accessToken));
    } finally {
      await operator.end(session);
    }
  } finally {
    await resources.close();
  }
}

type Resources = Omit<Awaited<ReturnType<typeof openResources>>, 'ownedBy' | 'connectEvents' | 'close'>;

function openOperatorSessions({ config, database, ids, redis, log }: Resources) {
  const { pool, prisma } = database;
  const { secret } = config;
  const sessionState = createSessionStateStore({ redis, log });
  const sessions = createSessionService({
    pool,
    ids,
    keys: createSigningKeyService({ pool, prisma, secret, log }),
    publisher: createAccountPublisher(createOutbox({ owner: 'user', ids })),
    sessionState,
    secret,
    log,
  });
  return {
    async open(username: string): Promise<Opened | null> {
      const credential = await findCredential(pool, username);
      if (!credential) return null;
      const { userId, passwordHash } = credential;
      // Only active accounts have roles, so this never reactivates one.
      if ((await findRoles(pool, [userId])).length === 0) return null;
      return sessions.open(userId, DEVICE, { passwordHash, hasCode: true });
    },
    async end({ userId, accessToken }: Opened): Promise<void> {
      const { sid } = decodeJwt<{ sid: string }>(accessToken);
      await sessions.end(userId, BigInt(sid));
      await sessionState.close();
    },
  };
}
