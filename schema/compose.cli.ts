import { readFileSync, writeFileSync } from 'node:fs';
import { compose } from './compose.ts';

// `npm run schema` writes the composed files; `npm run schema -- --check` fails where the committed ones differ.
const check = process.argv.includes('--check');
const composed = compose();
const files = { 'supergraph.graphql': composed.supergraph, 'api.graphql': composed.api };

for (const [name, text] of Object.entries(files)) {
  const url = new URL(`./${name}`, import.meta.url);
  if (!check) {
    writeFileSync(url, text);
    console.log(`schema/${name}: written`);
  } else if (readFileSync(url, 'utf8') !== text) {
    console.error(`schema/${name} is not what the subgraphs compose to: run \`npm run schema\` and commit it`);
    process.exitCode = 1;
  } else {
    console.log(`schema/${name}: up to date`);
  }
}
