/** Where a process is asked, as `node:http` takes it. */
export type Place = { host: string; port: number } | { socketPath: string };

/** @param listen `host:port` or `unix:/path`, as HEALTH_LISTEN has it */
export function placeOf(listen: string): Place {
  if (listen.startsWith('unix:')) return { socketPath: listen.slice('unix:'.length) };
  const [host, port] = listen.split(':') as [string, string];
  return { host, port: Number(port) };
}

/** Port 0 means any free one: whoever asks the process has to know which one it is. */
export function withPort(listen: string, free: number): string {
  return listen.startsWith('unix:') ? listen : listen.replace(/:0+$/, `:${free}`);
}
