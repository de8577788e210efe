import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, version as vite } from 'vite';

// Bundles GraphiQL from our own packages into dist/explorer, unless nothing changed since the last time.
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const root = here('./src/explorer/app');
const outDir = here('./dist/explorer');
const stamp = join(outDir, '.inputs');

function hashInputs(): string {
  const hash = createHash('sha256').update(vite);
  for (const name of ['graphiql', '@graphiql/react', 'react', 'react-dom']) {
    hash.update(readFileSync(here(`../node_modules/${name}/package.json`)));
  }
  for (const directory of [root, here('../schema/operations')]) {
    for (const file of readdirSync(directory).sort()) hash.update(file).update(readFileSync(join(directory, file)));
  }
  return hash.update(readFileSync(here('./build-explorer.ts'))).digest('hex');
}

const inputs = hashInputs();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== inputs) {
  await build({
    root,
    configFile: false,
    base: '/graphiql/',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 8000 },
  });
  writeFileSync(stamp, inputs);
}
