/** An SFTP server jailed to one folder, for one user. Enough of the protocol for our client and OpenSSH's. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, realpathSync, renameSync, rmdirSync, statSync, unlinkSync, writeSync, existsSync, type Stats } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import ssh2 from 'ssh2';

const { Server, utils } = ssh2;
const { STATUS_CODE: STATUS, OPEN_MODE } = utils.sftp;
const MOST_HANDLES = 100;
const LARGEST_READ = 256 * 1024;

export interface SftpServer { port: number; fingerprint: string; stop(): Promise<void> }

export interface SftpOptions {
  root: string;
  port: number;
  user: string;
  password: string;
  /** Asked after each rename: true hangs up without an answer. */
  loseAnswer(): boolean;
}

/** Starts on 127.0.0.1; `port` 0 picks a free one. The host key is made anew at each start. */
export async function startSftp(options: SftpOptions): Promise<SftpServer> {
  const root = realpathSync(options.root);
  // About three in a thousand of the keys the library makes it cannot read itself: another one is made then.
  let hostKey = utils.generateKeyPairSync('ed25519');
  while (utils.parseKey(hostKey.private) instanceof Error || utils.parseKey(hostKey.public) instanceof Error) hostKey = utils.generateKeyPairSync('ed25519');
  const fingerprint = `SHA256:${createHash('sha256').update((utils.parseKey(hostKey.public) as ssh2.ParsedKey).getPublicSSH()).digest('base64').replace(/=+$/, '')}`;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const clients = new Set<ssh2.Connection>();
  const server = new Server({ hostKeys: [hostKey.private] }, (client) => {
    clients.add(client);
    // Missing in the types. Small answers must not wait for fuller packets.
    (client as ssh2.Connection & { setNoDelay(on: boolean): void }).setNoDelay(true);
    client.on('authentication', (request) => {
      const isRight = request.method === 'password' && timingSafeEqual(digest(`${request.username}\n${request.password}`), digest(`${options.user}\n${options.password}`));
      if (isRight) request.accept();
      else request.reject(['password']);
    });
    client.on('session', (accept) => accept().on('sftp', (acceptSftp) => serve(acceptSftp(), root, () => { const lose = options.loseAnswer(); if (lose) client.end(); return lose; })));
    client.on('error', () => {});
    client.on('close', () => clients.delete(client));
  });
  await new Promise<void>((resolve) => { server.listen(options.port, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port, fingerprint,
    async stop() {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
    },
  };
}

function serve(sftp: ssh2.SFTPWrapper, root: string, loseAnswer: () => boolean): void {
  const handles = new Map<number, { fd: number } | { names: string[]; path: string }>();
  let nextHandle = 0;
  // An absolute path of the client begins at the jail; `..` cannot climb out of it.
  const inside = (path: string): string => join(root, normalize(`/${path}`));
  const attrsOf = (stats: Stats) => ({ mode: stats.mode, uid: 0, gid: 0, size: stats.size, atime: Math.floor(stats.atimeMs / 1000), mtime: Math.floor(stats.mtimeMs / 1000) });
  const open = (handle: { fd: number } | { names: string[]; path: string }): Buffer => {
    if (handles.size >= MOST_HANDLES) throw new Error('too many handles');
    handles.set(++nextHandle, handle);
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32BE(nextHandle);
    return buffer;
  };
  const known = (buffer: Buffer) => handles.get(buffer.readUInt32BE(0))!;
  /** Runs a request; an error of the file system becomes its status. */
  const answer = (id: number, work: () => number | undefined): void => {
    try {
      const status = work();
      if (status !== undefined) sftp.status(id, status);
    } catch (error) {
      sftp.status(id, (error as NodeJS.ErrnoException).code === 'ENOENT' ? STATUS.NO_SUCH_FILE : STATUS.FAILURE, (error as NodeJS.ErrnoException).code ?? 'failure');
    }
  };
  const done = (work: () => void): number => { work(); return STATUS.OK; };

  sftp.on('OPEN', (id, path, flags) => answer(id, () => {
    const mode = flags & OPEN_MODE.WRITE ? (flags & OPEN_MODE.TRUNC ? 'w' : flags & OPEN_MODE.APPEND ? 'a' : 'r+') : 'r';
    sftp.handle(id, open({ fd: openSync(inside(path), mode) }));
    return undefined;
  }));
  sftp.on('READ', (id, handle, offset, length) => answer(id, () => {
    const buffer = Buffer.alloc(Math.min(length, LARGEST_READ)), size = readSync((known(handle) as { fd: number }).fd, buffer, 0, buffer.length, offset);
    if (size === 0) return STATUS.EOF;
    sftp.data(id, buffer.subarray(0, size));
    return undefined;
  }));
  sftp.on('WRITE', (id, handle, offset, data) => answer(id, () => done(() => writeSync((known(handle) as { fd: number }).fd, data, 0, data.length, offset))));
  sftp.on('FSTAT', (id, handle) => answer(id, () => { sftp.attrs(id, attrsOf(fstatSync((known(handle) as { fd: number }).fd))); return undefined; }));
  sftp.on('CLOSE', (id, handle) => answer(id, () => done(() => {
    const closed = known(handle);
    if ('fd' in closed) closeSync(closed.fd);
    handles.delete(handle.readUInt32BE(0));
  })));
  sftp.on('OPENDIR', (id, path) => answer(id, () => { sftp.handle(id, open({ names: readdirSync(inside(path)), path: inside(path) })); return undefined; }));
  sftp.on('READDIR', (id, handle) => answer(id, () => {
    const folder = known(handle) as { names: string[]; path: string }, names = folder.names.splice(0, 200).filter((name) => existsSync(join(folder.path, name)));
    if (names.length === 0) return STATUS.EOF;
    sftp.name(id, names.map((filename) => { const stats = statSync(join(folder.path, filename)); return { filename, longname: `${stats.isDirectory() ? 'd' : '-'}rw-r--r-- 1 0 0 ${stats.size} Jan 1 00:00 ${filename}`, attrs: attrsOf(stats) }; }));
    return undefined;
  }));
  const stat = (id: number, path: string): void => answer(id, () => { sftp.attrs(id, attrsOf(statSync(inside(path)))); return undefined; });
  sftp.on('STAT', stat);
  sftp.on('LSTAT', stat);
  sftp.on('SETSTAT', (id) => sftp.status(id, STATUS.OK));
  sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS.OK));
  sftp.on('MKDIR', (id, path) => answer(id, () => done(() => mkdirSync(inside(path)))));
  sftp.on('RMDIR', (id, path) => answer(id, () => done(() => rmdirSync(inside(path)))));
  sftp.on('REMOVE', (id, path) => answer(id, () => done(() => unlinkSync(inside(path)))));
  // Version 3 of the protocol does not overwrite.
  sftp.on('RENAME', (id, from, to) => answer(id, () => {
    if (existsSync(inside(to))) return STATUS.FAILURE;
    renameSync(inside(from), inside(to));
    return loseAnswer() ? undefined : STATUS.OK;
  }));
  sftp.on('REALPATH', (id, path) => { const filename = normalize(`/${path}`).replace(/(.)\/$/, '$1'); sftp.name(id, [{ filename, longname: filename, attrs: {} as never }]); });
}
