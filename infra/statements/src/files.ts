import { rename, writeFile } from 'node:fs/promises';

/** Writes a file atomically, because several commands may prepare the sources at the same time. */
export async function replace(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.${process.pid}`, content);
  await rename(`${path}.${process.pid}`, path);
}

export function nullWhereMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
