/** A folder on an SFTP server: one connection, opened when needed, opened again when it breaks. Paths are relative to the folder. */
import { createHash } from 'node:crypto';
import ssh2, { type Client, type SFTPWrapper } from 'ssh2';
import { NetworkError } from './http.ts';
import type { SftpSettings } from './sftp-settings.ts';

export interface FileSeen { name: string; size: number; /** Seconds since 1970, by the server's clock. */ mtime: number }

export interface Folder {
  /** Plain files of a folder, in no order; none when it is missing. Throws when there are more than `most`. */
  list(path: string, most: number): Promise<FileSeen[]>;
  stat(path: string): Promise<Omit<FileSeen, 'name'> | null>;
  read(path: string): Promise<Buffer>;
  /** Under a temporary name, then renamed: nobody sees half a file. Throws when `path` is there already. */
  write(path: string, content: string): Promise<void>;
  /** False when `from` is not there. Throws when `to` is. */
  rename(from: string, to: string): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
  close(): void;
}

const NO_SUCH_FILE = 2;
const TIMEOUT_MS = 60_000;

/** The server is not the one of the settings, or refuses the login: a person must act. */
export class SftpRefused extends Error { override name = 'SftpRefused'; }

/** Every method throws `NetworkError` when the connection breaks or stays silent, `SftpRefused` when the server is wrong or says no. */
export function sftpFolder(settings: SftpSettings): Folder {
  let opening: Promise<{ client: Client; sftp: SFTPWrapper }> | null = null;
  const at = (path: string): string => (settings.folder ? `${settings.folder}/${path}` : path);
  const host = settings.host;

  function open(): Promise<{ client: Client; sftp: SFTPWrapper }> {
    return new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      let seen: string | null = null;
      const forget = (): void => { opening = null; };
      client.on('ready', () => {
        // Requests are small and each waits for its answer: without this every one waits 40 ms more for a fuller packet.
        client.setNoDelay(true);
        client.sftp((error, sftp) => (error ? reject(new SftpRefused(`${host} offers no SFTP: ${error.message}`)) : resolve({ client, sftp })));
      });
      client.on('error', (error: Error & { level?: string }) => {
        forget();
        if (seen !== null && seen !== settings.fingerprint) reject(new SftpRefused(`${host} shows the key ${seen}, not the one in the settings. If the server was changed on purpose, enter the new one.`));
        else if (error.level === 'client-authentication') reject(new SftpRefused(`${host} refused the user ${settings.user}: check password or key.`));
        else reject(new NetworkError(`No SFTP with ${host} (${error.message})`, { cause: error }));
      });
      client.on('close', () => { forget(); reject(new NetworkError(`${host} closed the connection`)); });
      client.connect({
        host, port: settings.port, username: settings.user, readyTimeout: 20_000, keepaliveInterval: 15_000,
        ...(settings.password === null ? {} : { password: settings.password }), ...(settings.privateKey === null ? {} : { privateKey: settings.privateKey }),
        hostVerifier: (key: Buffer) => {
          seen = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
          return seen === settings.fingerprint;
        },
      });
    });
  }

  /** One call with a time limit; null for “no such file”. A broken connection is given up, so that the next call opens another. */
  async function call<T>(what: string, run: (sftp: SFTPWrapper, done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T | null> {
    opening ??= open().catch((error: unknown) => { opening = null; throw error; });
    const { client, sftp } = await opening;
    return new Promise((resolve, reject) => {
      const broken = (why: string): void => { end(); opening = null; client.end(); reject(new NetworkError(`${what} on ${host}: ${why}`)); };
      const timer = setTimeout(() => broken('no answer'), TIMEOUT_MS);
      const closed = (): void => broken('the connection closed');
      const end = (): void => { clearTimeout(timer); client.off('close', closed); };
      client.once('close', closed);
      run(sftp, (error, value) => {
        end();
        const code = (error as { code?: unknown } | null)?.code;
        if (!error) resolve(value as T);
        else if (code === NO_SUCH_FILE) resolve(null);
        else if (typeof code === 'number') reject(new SftpRefused(`${what} on ${host}: ${error.message}`));
        else reject(new NetworkError(`${what} on ${host}: ${error.message}`, { cause: error }));
      });
    });
  }

  const folder: Folder = {
    async list(path, most) {
      const entries = await call<{ filename: string; attrs: { size: number; mtime: number; isFile(): boolean } }[]>(`listing ${path}`, (sftp, done) => sftp.readdir(at(path), done as never)) ?? [];
      const files = entries.filter((entry) => entry.attrs.isFile()).map(({ filename, attrs }) => ({ name: filename, size: attrs.size, mtime: attrs.mtime }));
      if (files.length > most) throw new SftpRefused(`${path} on ${host} holds ${files.length} files; more than ${most} are not read. Put old ones away.`);
      return files;
    },
    stat: (path) => call(`looking at ${path}`, (sftp, done) => sftp.stat(at(path), (error, stats) => done(error, error ? undefined : { size: stats.size, mtime: stats.mtime }))),
    async read(path) {
      const content = await call<Buffer>(`reading ${path}`, (sftp, done) => sftp.readFile(at(path), done));
      if (content === null) throw new NetworkError(`reading ${path} on ${host}: it is gone`);
      return content;
    },
    async write(path, content) {
      const temporary = `${path}.tmp`;
      await call(`writing ${path}`, (sftp, done) => sftp.writeFile(at(temporary), content, (error) => done(error)));
      if (await folder.stat(path)) throw new SftpRefused(`${path} on ${host} is there already`);
      if (!await folder.rename(temporary, path)) throw new NetworkError(`writing ${path} on ${host}: the temporary file is gone`);
    },
    async rename(from, to) {
      const done = await call<true>(`renaming ${from}`, (sftp, done) => sftp.rename(at(from), at(to), (error) => done(error, true)));
      return done === true;
    },
    async makeFolder(path) {
      if (await folder.stat(path)) return;
      await call(`making ${path}`, (sftp, done) => sftp.mkdir(at(path), (error) => done(error)));
    },
    close() {
      void opening?.then(({ client }) => client.end(), () => {});
      opening = null;
    },
  };
  return folder;
}
