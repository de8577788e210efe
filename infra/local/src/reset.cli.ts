import { basename } from 'node:path';
import { dockerAnswers, removeCompose } from './compose.ts';
import { holderOf } from './lock.ts';
import { checkoutDataDirectory, placesOf, removePlaces } from './places.ts';

const directory = checkoutDataDirectory();
const holder = holderOf(directory);
if (holder !== null) {
  console.error(`Tintype runs in this checkout, as process ${holder}: stop it with Ctrl-C first`);
  process.exit(1);
}
const places = placesOf(directory);
if (await dockerAnswers()) await removeCompose(`tintype-${basename(places.run)}`);
await removePlaces(places);
console.log('Everything that this checkout stored is removed.');
