import { MultiBar, Presets } from 'cli-progress';

/** The progress of one slow task. */
export type Task = {
  /** @param done of the total */
  update(done: number): void;
  /** Removes its bar. */
  end(): void;
};

/** Lines that a command prints, and progress bars below them. */
export type Progress = {
  /** Prints a line above the bars. */
  log(text: string): void;
  start(title: string, total: number): Task;
  /** Removes all bars. */
  stop(): void;
};

const REDRAWS_PER_SECOND = 5;

function openBars(stream: NodeJS.WriteStream): MultiBar {
  const options = {
    stream,
    format: '{bar}  {title}: {value} of {total}',
    fps: REDRAWS_PER_SECOND,
    hideCursor: true,
    clearOnComplete: true,
    forceRedraw: true,
    gracefulExit: false,
  };
  return new MultiBar(options, Presets.shades_classic);
}

/**
 * Without a terminal there are no bars, because each redraw would be a line of a log file. Lines are printed all the
 * same.
 */
export function createProgress(stream: NodeJS.WriteStream = process.stdout): Progress {
  let bars: MultiBar | undefined;
  let running = 0;

  function stop(): void {
    bars?.stop();
    bars = undefined;
    running = 0;
  }

  return {
    log(text) {
      if (bars) bars.log(`${text}\n`);
      else stream.write(`${text}\n`);
    },
    start(title, total) {
      if (!stream.isTTY) return { update: () => undefined, end: () => undefined };
      bars ??= openBars(stream);
      const shown = bars;
      const bar = shown.create(total, 0, { title });
      running += 1;
      return {
        update: (done) => bar.update(done),
        end() {
          if (shown !== bars || !shown.remove(bar)) return;
          running -= 1;
          if (running === 0) stop();
        },
      };
    },
    stop,
  };
}
