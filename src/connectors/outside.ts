/**
 * POST to an address that a person typed. It must not become a way into the network we stand in: https only, no user in it, every address its name
 * resolves to must be a public one, and the connection goes to the address that was looked at (a name that answers differently a moment later gets
 * nowhere). No redirect is followed, 64 KiB of answer are read, 15 s waited. The operator may allow addresses of their own (INSTEP_ALERTS_ALLOW),
 * to which http is enough when they are of this machine.
 */
import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';
import { ChannelGone, NotDelivered } from '../ports/alert-channel.ts';

const PATIENCE_MS = 15_000, MOST_ANSWER = 64 * 1024;

const privateV4 = new BlockList();
for (const [net, prefix] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24],
  ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4]] as const) privateV4.addSubnet(net, prefix, 'ipv4');
/** Of IPv6 only global unicast is public; of that, not what tunnels IPv4 (Teredo, 6to4) or documents. */
const globalV6 = new BlockList(), withinV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');
for (const [net, prefix] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) withinV6.addSubnet(net, prefix, 'ipv6');

/** Whether an IP address is one of the public internet. */
export function isPublic(address: string): boolean {
  return isIPv4(address) ? !privateV4.check(address, 'ipv4') : isIP(address) === 6 && globalV6.check(address, 'ipv6') && !withinV6.check(address, 'ipv6');
}

/** Reads `127.0.0.1,10.1.2.0/24`. Throws an Error naming the entry that is none. */
export function allowList(text: string): BlockList {
  const list = new BlockList();
  for (const entry of text.split(',').map((one) => one.trim()).filter(Boolean)) {
    const [address = '', prefix] = entry.split('/'), family = isIP(address) === 6 ? 'ipv6' : 'ipv4', bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix);
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(prefix ?? '0') || bits > (family === 'ipv6' ? 128 : 32)) throw new Error(`${entry}: expected an IP address or a range like 10.1.2.0/24`);
    list.addSubnet(address, bits, family);
  }
  return list;
}

const allowed = (address: string, list: BlockList): boolean => isPublic(address) || list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** What is wrong with an address as it is written; null when nothing is. Names are looked up only when something is sent. */
export function faultOf(text: string, list: BlockList): string | null {
  const url = URL.parse(text);
  if (url === null || text.length > 2_000) return 'is not an address like https://…';
  const host = hostOf(url), own = isIP(host) !== 0 && list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && own)) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must have no user or password in it';
  if (isIP(host) !== 0 && !allowed(host, list)) return `leads to ${host}, which is not an address of the public internet`;
  if (isIP(host) === 0 && (!host.includes('.') || host.endsWith('.localhost') || host.endsWith('.internal') || host.endsWith('.local'))) return `leads to ${host}, which is not a name of the public internet`;
  return null;
}

type Resolve = (host: string, options: LookupAllOptions, done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

/** Looks a name up and refuses it when any of its addresses is not public. */
function guardedLookup(list: BlockList, resolve: Resolve): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) { done(error, '', 4); return; }
      const inside = addresses.find(({ address }) => !allowed(address, list));
      if (inside || addresses.length === 0) { done(Object.assign(new Error(`${host} leads to ${inside?.address ?? 'nothing'}, which is not an address of the public internet`), { code: 'EINSIDE' }), '', 4); return; }
      if (options.all) (done as unknown as (error: null, all: LookupAddress[]) => void)(null, addresses);
      else done(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

/** Posts JSON; answers the first of what was said when it was 2xx. Throws `ChannelGone` for 410, `NotDelivered` for everything else. */
export async function postOutside(address: string, body: string, headers: Record<string, string>, list: BlockList, resolve: Resolve = lookup): Promise<string> {
  const fault = faultOf(address, list);
  if (fault !== null) throw new NotDelivered(`The address ${fault}`);
  const url = new URL(address);
  const { status, text, retryAfter } = await new Promise<{ status: number; text: string; retryAfter: string | undefined }>((done, fail) => {
    const options = { method: 'POST', lookup: guardedLookup(list, resolve), agent: false, signal: AbortSignal.timeout(PATIENCE_MS), headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'Instep', ...headers } };
    const request = (url.protocol === 'http:' ? http : https).request(url, options, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => { size += part.length; if (size <= MOST_ANSWER) parts.push(part); else response.destroy(); });
      const end = (): void => done({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8'), retryAfter: response.headers['retry-after'] });
      response.on('end', end).on('close', end).on('error', end);
    });
    request.on('error', fail).end(body);
  }).catch((error: NodeJS.ErrnoException) => {
    throw new NotDelivered(error.code === 'EINSIDE' ? error.message : error.name === 'AbortError' || error.name === 'TimeoutError' ? `No answer of ${url.host} within ${PATIENCE_MS / 1000} s` : `${url.host} cannot be reached (${error.code ?? error.message})`);
  });
  const said = `${status}${text ? ` ${text.replace(/\s+/g, ' ').slice(0, 200)}` : ''}`;
  if (status === 410) throw new ChannelGone(`${url.host} says this address is gone: ${said}`);
  if (status >= 300 && status < 400) throw new NotDelivered(`${url.host} answers ${status}, a redirect; redirects are not followed: give the address it leads to`);
  if (status < 200 || status >= 300) throw new NotDelivered(`${url.host} answers ${said}`, /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) : null);
  return said;
}
