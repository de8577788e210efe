import { availableParallelism, loadavg } from 'node:os';
import { PROBE_TIMEOUTS } from './timeouts.ts';

/** How often an address with waiting calls is checked. */
const CHECK_MS = 100;
const PROBE_STEP_MS = 50;
/** The pause between probes of an address that is not up. */
const RETRY_MS = 150;
/** If our timers fire this late, or this many processes want each processor, a late probe proves nothing. */
const STARVED_MS = 25;
const STARVED_LOAD = 4;
const PROBES_WHERE_STARVED = 4;

/** `gone`: nothing accepts connections. `silent`: something accepts connections and does not respond. */
export type AddressState = 'up' | 'draining' | 'gone' | 'silent';

export type AddressWatch = {
  readonly state: AddressState;
  /** Since when it has this state, in milliseconds of `performance.now()`. */
  readonly since: number;
  /** Whether a probe is late, which proves nothing on a busy machine. Calls that can go elsewhere should. */
  readonly isDoubtful: boolean;
  /** A call starts to wait. @returns called when it no longer waits */
  wait(): () => void;
  /** A call was answered. */
  responded(answer: { isDraining: boolean }): void;
  /** A connection was refused. */
  refused(): void;
  stop(): void;
};

/**
 * Knows whether an address responds without losing calls to find out. It sends probes while calls wait suspiciously
 * long, and while the address is not up. So a frozen process is noticed before its callers time out, and one that is
 * back is used at once. A slow process that answers probes stays up.
 *
 * @param options.probe returns the state of the process, and rejects if it does not respond
 */
export function watchAddress(options: {
  probe(signal: AbortSignal): Promise<'up' | 'draining'>;
  onChange(state: AddressState): void;
  onDoubt(): void;
}): AddressWatch {
  const { probe, onChange, onDoubt } = options;
  let state: AddressState = 'up';
  let since = performance.now();
  let respondedAt = since;
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;
  let isProbing = false;
  let isDoubtful = false;
  let isStopped = false;

  const change = (next: AddressState) => {
    if (isStopped || next === state) return;
    state = next;
    since = performance.now();
    onChange(state);
  };
  const schedule = () => {
    const isUp = state === 'up';
    if (isStopped || isProbing || timer || (isUp && waiting === 0)) return;
    timer = setTimeout(check, isUp ? CHECK_MS : RETRY_MS).unref();
  };
  const check = async () => {
    timer = undefined;
    const isSuspect = waiting > 0 && performance.now() - respondedAt > PROBE_TIMEOUTS.suspectMs;
    if (state !== 'up' || isSuspect) {
      isProbing = true;
      change(await probePatiently());
      isDoubtful = false;
      if (state === 'up') respondedAt = performance.now();
      isProbing = false;
    }
    schedule();
  };
  const probePatiently = async (): Promise<AddressState> => {
    for (let probes = 1; ; probes++) {
      const began = performance.now();
      const patience = startPatience();
      try {
        return await probe(patience.signal);
      } catch {
        if (!patience.signal.aborted) return 'gone';
        const isStarved = performance.now() - began - PROBE_TIMEOUTS.answerMs > STARVED_MS || isMachineStarved();
        if (!isStarved || probes === PROBES_WHERE_STARVED) return 'silent';
        isDoubtful = true;
        onDoubt();
      } finally {
        patience.end();
      }
    }
  };

  return {
    get state() {
      return state;
    },
    get since() {
      return since;
    },
    get isDoubtful() {
      return isDoubtful;
    },
    wait() {
      if (waiting === 0) respondedAt = performance.now();
      waiting += 1;
      schedule();
      return () => {
        waiting -= 1;
      };
    },
    responded({ isDraining }) {
      respondedAt = performance.now();
      isDoubtful = false;
      if (isDraining && state === 'up') change('draining');
      schedule();
    },
    refused() {
      change('gone');
      schedule();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Ends after PROBE_TIMEOUTS.answerMs, in steps: while this process is busy itself, an answer may be waiting to be read,
 * and that takes one step, however long.
 */
function startPatience(): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  let left = PROBE_TIMEOUTS.answerMs / PROBE_STEP_MS;
  const timer = setInterval(() => {
    left -= 1;
    if (left === 0) controller.abort();
  }, PROBE_STEP_MS).unref();
  return { signal: controller.signal, end: () => clearInterval(timer) };
}

function isMachineStarved(): boolean {
  return loadavg()[0]! > STARVED_LOAD * availableParallelism();
}
