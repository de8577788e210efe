import { basename } from 'node:path';
import { createCommand, runCommand } from '@tintype/cli';
import { dockerAnswers, removeCompose } from './compose.ts';
import { lockDataDirectory } from './lock.ts';
import { checkoutDataDirectory, removeServiceFiles, servicePathsOf } from './paths.ts';
import { endOrphanedProcesses } from './process-record.ts';

await runCommand(
  createCommand('npm run reset --')
    .description('Stops what a crashed start left running, and removes everything that this checkout stored.')
    .option('--data <directory>', 'remove what a start with the same option stored')
    .action(async ({ data: directory = checkoutDataDirectory() }) => {
      lockDataDirectory(directory);
      const ended = await endOrphanedProcesses(directory);
      if (ended.length > 0) console.log(`Stopped ${ended.join(', ')}, left running by an earlier start.`);
      const paths = servicePathsOf(directory);
      if (await dockerAnswers()) await removeCompose(`tintype-${basename(paths.run)}`);
      await removeServiceFiles(paths);
      console.log('Removed everything that this checkout stored.');
    }),
);
