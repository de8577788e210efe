import { Argument, createCommand, runCommand } from '@tintype/cli';
import { createOutbox } from '@tintype/events';
import { readRunning } from '@tintype/local/running';
import { databaseSettings, openResources, publicSettings, readConfig, readEnvironment } from '@tintype/service';
import type pg from 'pg';
import { createAccountPublisher } from '#account/account.publisher.ts';
import { findAccountByUsername } from '#account/account.repository.ts';
import { addBannedWordCommands } from '#operator/banned-word.commands.ts';
import { addCaseCommands } from '#operator/case.commands.ts';
import { createGraphCommands, parseUsername } from '#operator/graph-commands.ts';
import { withOperatorClient } from '#operator/operator-client.ts';
import { addStaffCommands } from '#operator/staff.commands.ts';
import { findStaffByUsername } from '#role/role.repository.ts';
import { createRoleService, type RoleService } from '#role/role.service.ts';

const ROLES = { moderator: 'MODERATOR', admin: 'ADMIN' } as const;

const command = createCommand('npm run admin --')
  .description('Grants and revokes roles, and does what moderators and admins do in the graph.')
  .addHelpText(
    'after',
    '\nSettings: the environment, as for every process of the platform, otherwise those of the platform that runs in this checkout.',
  );
command
  .command('grant')
  .description('give somebody a role instead of the one that they have')
  .argument('<username>', 'of the account', parseUsername)
  .addArgument(new Argument('<role>', 'the role').choices(['moderator', 'admin']))
  .action((username, role) =>
    withRoles(async (roles, pool) => {
      const account = await findAccountByUsername(pool, username);
      const outcome = account && (await roles.grant(null, account.id, ROLES[role]));
      if (!outcome || 'error' in outcome) throw new Error(`There is no active account @${username}.`);
      console.log(`@${username} is ${role} now.`);
    }),
  );
command
  .command('revoke')
  .description('take the role from somebody')
  .argument('<username>', 'of the account', parseUsername)
  .action((username) =>
    withRoles(async (roles, pool) => {
      const userId = await findStaffByUsername(pool, username);
      if (userId === null) throw new Error(`@${username} has no role.`);
      await roles.revoke(null, userId);
      console.log(`@${username} has no role now.`);
    }),
  );

const graph = createGraphCommands(async (options, work) => {
  const env = await readSettings();
  // With another secret, the platform would get another signing key.
  if (!env.TINTYPE_SECRET) throw new Error('Set TINTYPE_SECRET to the secret of the platform.');
  await withOperatorClient(readConfig(env, [databaseSettings, publicSettings]), options, work);
}, console.log);
addCaseCommands(command, graph);
addStaffCommands(command, graph);
addBannedWordCommands(command, graph);

await runCommand(command);

async function readSettings(): Promise<NodeJS.ProcessEnv> {
  return { LOG_LEVEL: 'warn', ...(await readRunning()), ...readEnvironment() };
}

async function withRoles(work: (roles: RoleService, pool: pg.Pool) => Promise<void>): Promise<void> {
  const resources = await openResources(readConfig(await readSettings(), [databaseSettings]), 'admin-cli');
  try {
    const { database, ids } = resources.ownedBy('user', { quota: 'all' });
    const publisher = createAccountPublisher(createOutbox({ owner: 'user', ids }));
    await work(createRoleService({ pool: database.pool, publisher }), database.pool);
  } finally {
    await resources.close();
  }
}
