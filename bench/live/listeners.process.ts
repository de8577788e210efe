import { Agent, type ClientRequest, request } from 'node:http';

// A separate process that opens idle connections on command over IPC, so that its memory is not measured with the
// gateway's.

/** The messages to and from the process. */
export type ListenersCommand = { url: string; query: string; tokens: readonly string[] };
export type ListenersReport =
  | { what: 'open'; count: number }
  | { what: 'event'; index: number; changeId: string; atMs: number }
  | { what: 'ended'; index: number; status: number };

/** How many connections are opened at once. */
const AT_ONCE = 50;

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
const report = (message: ListenersReport) => process.send!(message);

process.on('message', (command: ListenersCommand) => void openAll(command));

async function openAll({ url, query, tokens }: ListenersCommand): Promise<void> {
  const address = `${url}/events?query=${encodeURIComponent(query)}`;
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < tokens.length; index = next++) await open(address, tokens[index]!, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  report({ what: 'open', count: tokens.length });
}

/** Resolves when the stream has started or was refused. */
function open(address: string, token: string, index: number): Promise<void> {
  return new Promise((resolve) => {
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
    const sent: ClientRequest = request(address, { headers, agent });
    const end = (status: number) => {
      report({ what: 'ended', index, status });
      resolve();
    };
    sent.once('error', () => end(0));
    sent.once('response', (response) => {
      if (response.statusCode !== 200) return end(response.statusCode!);
      response.setEncoding('utf8').on('data', (text: string) => {
        resolve();
        // An event is far smaller than a chunk, so none is split.
        for (const [, changeId] of text.matchAll(/^event: next\nid: (\d+)$/gm))
          report({ what: 'event', index, changeId: changeId!, atMs: Date.now() });
      });
      response.once('close', () => end(200));
    });
    sent.end();
  });
}
