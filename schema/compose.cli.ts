import { readFileSync, writeFileSync } from 'node:fs';
import { createCommand, runCommand } from '@tintype/cli';
import { compose } from './compose.ts';

await runCommand(
  createCommand('npm run schema --')
    .description('Composes the schemas of all subgraphs and writes schema/supergraph.graphql and schema/api.graphql.')
    .option('--check', 'write nothing, and fail if the committed files differ')
    .action(({ check }) => {
      const { supergraph, api } = compose();
      for (const [name, text] of Object.entries({ 'supergraph.graphql': supergraph, 'api.graphql': api })) {
        const url = new URL(`./${name}`, import.meta.url);
        if (!check) {
          writeFileSync(url, text);
          console.log(`schema/${name}: written`);
        } else if (readFileSync(url, 'utf8') !== text) {
          console.error(
            `schema/${name} differs from the composed subgraphs. Run \`npm run schema\` and commit the file.`,
          );
          process.exitCode = 1;
        } else {
          console.log(`schema/${name}: up to date`);
        }
      }
    }),
);
