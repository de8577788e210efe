import { createCommand, runCommand } from '@tintype/cli';
import { UnfitStatementsError } from './src/describe.rules.ts';
import { generateStatements } from './src/statements.ts';

await runCommand(
  createCommand('infra/statements/generate.cli.ts')
    .description('Writes the types of all SQL statements, as a Postgres with all migrations describes them.')
    .action(async () => {
      try {
        console.log(`Types of statements: ${await generateStatements()}`);
      } catch (error) {
        if (!(error instanceof UnfitStatementsError)) throw error;
        throw new Error(`These statements do not fit prisma/migrations:\n${error.message}`, { cause: error });
      }
    }),
);
