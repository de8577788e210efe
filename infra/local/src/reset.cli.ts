import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { dockerAnswers, removeCompose } from './compose.ts';
import { AlreadyRunningError, lockDataDirectory } from './lock.ts';
import { checkoutDataDirectory, placesOf, removePlaces } from './places.ts';
import { endLeftovers } from './process-record.ts';

// `npm run reset`: ends what a crashed start left running, and removes everything that this checkout stored, or that a start
// with `--data <directory>` did.
const { values } = parseArgs({ options: { data: { type: 'string' } } });
const directory = values.data ?? checkoutDataDirectory();
try {
  lockDataDirectory(directory);
  const ended = await endLeftovers(directory);
  if (ended.length > 0) console.log(`Ended ${ended.join(', ')}, left running by an earlier start.`);
  const places = placesOf(directory);
  if (await dockerAnswers()) await removeCompose(`tintype-${basename(places.run)}`);
  await removePlaces(places);
  console.log('Everything that this checkout stored is removed.');
} catch (error) {
  if (!(error instanceof AlreadyRunningError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
