import { basename } from 'node:path';
import { createCommand, runCommand } from '@tintype/cli';
import { dockerAnswers, removeCompose } from './compose.ts';
import { lockDataDirectory } from './lock.ts';
import { checkoutDataDirectory, placesOf, removePlaces } from './places.ts';
import { endLeftovers } from './process-record.ts';

await runCommand(
  createCommand('npm run reset --')
    .description('Stops what a crashed start left running, and removes everything that this checkout stored.')
    .option('--data <directory>', 'remove what a start with the same option stored')
    .action(async ({ data: directory = checkoutDataDirectory() }) => {
      lockDataDirectory(directory);
      const ended = await endLeftovers(directory);
      if (ended.length > 0) console.log(`Stopped ${ended.join(', ')}, left running by an earlier start.`);
      const places = placesOf(directory);
      if (await dockerAnswers()) await removeCompose(`tintype-${basename(places.run)}`);
      await removePlaces(places);
      console.log('Removed everything that this checkout stored.');
    }),
);
