export { Argument, InvalidArgumentError, Option } from '@commander-js/extra-typings';
export { createCommand, printFailure, runCommand } from './command.ts';
export { createProgress, type Progress, type Task } from './progress.ts';
