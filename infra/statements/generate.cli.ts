import { UnfitStatementsError } from './src/describe.rules.ts';
import { generateStatements } from './src/statements.ts';

try {
  console.log(`Types of statements: ${await generateStatements()}`);
} catch (error) {
  if (!(error instanceof UnfitStatementsError)) throw error;
  console.error(`These statements do not fit prisma/migrations:\n${error.message}`);
  process.exitCode = 1;
}
