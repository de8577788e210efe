import { readFileSync, writeFileSync } from 'node:fs';
import { createCommand, runCommand } from '@tintype/cli';
import { findUnlistedChanges } from './changes.ts';
import { compose } from './compose.ts';

await runCommand(
  createCommand('npm run schema --')
    .description('Composes the schemas of all subgraphs and writes schema/supergraph.graphql and schema/api.graphql.')
    .option(
      '--check',
      'write nothing, and fail if the committed files differ or a breaking change is not in the changelog',
    )
    .option('--release', 'also write schema/released.graphql, from which the next breaking changes are counted')
    .action(async ({ check, release }) => {
      const { supergraph, api } = compose();
      const files = { 'supergraph.graphql': supergraph, 'api.graphql': api };
      if (check) await checkFiles(files);
      else
        for (const [name, text] of Object.entries({ ...files, ...(release && { 'released.graphql': api }) }))
          write(name, text);
    }),
);

function read(name: string): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
}

function write(name: string, text: string): void {
  writeFileSync(new URL(`./${name}`, import.meta.url), text);
  console.log(`schema/${name}: written`);
}

async function checkFiles(files: Record<'supergraph.graphql' | 'api.graphql', string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    if (read(name) === text) console.log(`schema/${name}: up to date`);
    else fail(`schema/${name} differs from the composed subgraphs. Run \`npm run schema\` and commit the file.`);
  }
  const current = files['api.graphql'];
  const changes = await findUnlistedChanges({
    released: read('released.graphql'),
    current,
    changelog: read('CHANGELOG.md'),
  });
  for (const { coordinate, message } of changes)
    fail(
      `${message}. This breaks clients. If it has to be, list \`${coordinate}\` with the reason in schema/CHANGELOG.md.`,
    );
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
