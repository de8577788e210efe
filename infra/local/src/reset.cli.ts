import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { dockerAnswers, removeCompose } from './compose.ts';
import { holderOf } from './lock.ts';
import { checkoutDataDirectory, placesOf } from './places.ts';

const directory = checkoutDataDirectory();
const holder = holderOf(directory);
if (holder !== null) {
  console.error(`Tintype runs in this checkout, as process ${holder}: stop it with Ctrl-C first`);
  process.exit(1);
}
const places = placesOf(directory);
if (await dockerAnswers()) await removeCompose(`tintype-${basename(places.run)}`);
for (const path of [places.data, places.run, dirname(places.postgres)]) {
  if (path === directory || path !== dirname(directory)) await rm(path, { recursive: true, force: true });
}
console.log('Everything that this checkout stored is removed.');
