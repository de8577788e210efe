import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export type StreamEvent = { event: string; data: string; id: string };

/** Reads events like a browser's EventSource, but shows more and does not reconnect by itself. */
export type EventReader = {
  status: number;
  headers: IncomingMessage['headers'];
  /** Events so far. New events are added. */
  events: StreamEvent[];
  /** Data of the events called `next` so far. */
  results(): { data?: Record<string, Record<string, unknown>> | null; errors?: { extensions: { code: string } }[] }[];
  comments: number;
  lastEventId: string;
  retryMs: number | undefined;
  /** Resolves when the server has ended the stream; true if it ended cleanly. */
  ended: Promise<boolean>;
  /** The whole body of a response that is not a stream. */
  text(): string;
  /** Reads nothing until `resume`. */
  pause(): void;
  resume(): void;
  close(): void;
};

/** Resolves when the head of the response has arrived. */
export function readEvents(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent: ClientRequest = request(url, { method, headers: { accept: 'text/event-stream', ...headers } });
    sent.once('error', reject);
    sent.once('response', (response) => {
      sent.removeListener('error', reject).on('error', () => undefined);
      resolve(createReader(sent, response));
    });
    sent.end(body);
  });
}

function createReader(sent: ClientRequest, response: IncomingMessage): EventReader {
  let text = '';
  let rest = '';
  let current: StreamEvent = { event: '', data: '', id: '' };
  const reader: EventReader = {
    status: response.statusCode!,
    headers: response.headers,
    events: [],
    results: () => reader.events.filter(({ event }) => event === 'next').map(({ data }) => JSON.parse(data)),
    comments: 0,
    lastEventId: '',
    retryMs: undefined,
    ended: new Promise((resolve) => response.once('close', () => resolve(response.complete))),
    text: () => text,
    pause: () => response.pause(),
    resume: () => response.resume(),
    close: () => sent.destroy(),
  };
  const take = (line: string) => {
    if (line === '') {
      reader.lastEventId = current.id || reader.lastEventId;
      if (current.event) reader.events.push(current);
      current = { event: '', data: '', id: '' };
    } else if (line.startsWith(':')) reader.comments += 1;
    else {
      const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line)!;
      if (field === 'retry') reader.retryMs = Number(value);
      else if (field === 'event' || field === 'data' || field === 'id') current[field] += value;
    }
  };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) take(line);
  });
  response.on('error', () => undefined);
  return reader;
}
