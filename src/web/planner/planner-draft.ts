/** What is being typed about the connection, and the request it becomes: fields left empty keep what is there. */
import type { PlannerView } from '../api/planner-queries.ts';

export interface Draft {
  account: string; origin: string; apiKey: string; sendsOrders: boolean; takesOrders: boolean; pushesStock: boolean; floorsInLeadTime: boolean; forecastDays: number; returnsOn: PlannerView['returnsOn']; statusTypes: PlannerView['statusTypes'];
  filesUser: string; filesPassword: string; hasSftp: boolean; sftp: Record<string, string>; sftpSecret: string; fileFolders: Record<string, string>;
}

export const SFTP_FIELDS: readonly { key: string; label: string; hint?: string; wide?: boolean }[] = [
  { key: 'host', label: 'Host' }, { key: 'port', label: 'Port (22)' }, { key: 'user', label: 'User' }, { key: 'folder', label: 'Folder (optional)' }, { key: 'fingerprint', label: 'Fingerprint of the server', hint: 'From: ssh-keyscan HOST | ssh-keygen -lf -', wide: true },
];

export function draftOf(planner: PlannerView | null): Draft {
  return {
    account: planner?.account ?? '', origin: planner?.origin ?? 'https://app.inventory-planner.com', apiKey: '', sendsOrders: planner?.sendsOrders ?? true, takesOrders: planner?.takesOrders ?? true, pushesStock: planner?.pushesStock ?? true, floorsInLeadTime: planner?.floorsInLeadTime ?? false,
    forecastDays: planner?.forecastDays ?? 30, returnsOn: planner?.returnsOn ?? 'order day', statusTypes: planner?.statusTypes ?? {}, filesUser: planner?.filesUser ?? '', filesPassword: '', hasSftp: !!planner?.sftp, sftp: Object.fromEntries(Object.entries(planner?.sftp ?? {}).map(([key, value]) => [key, String(value ?? '')])), sftpSecret: '', fileFolders: planner?.fileFolders ?? {},
  };
}

export function bodyOf(draft: Draft, planner: PlannerView | null): object {
  const { apiKey, filesUser, filesPassword, hasSftp, sftp, sftpSecret, account, origin, fileFolders, ...rest } = draft;
  return {
    ...rest, account: account.trim(), origin: origin.trim(), ...(planner ? { version: planner.version } : {}), ...(apiKey ? { apiKey } : {}), filesUser: filesUser.trim() || null, ...(filesPassword ? { filesPassword } : {}),
    sftp: hasSftp ? Object.fromEntries(Object.entries(sftp).filter(([, value]) => value.trim() !== '').map(([key, value]) => [key, value.trim()])) : null, ...(hasSftp && sftpSecret ? { sftpSecret } : {}), fileFolders: Object.fromEntries(Object.entries(fileFolders).flatMap(([kind, name]) => (name.trim() === '' ? [] : [[kind, name.trim()]]))),
  };
}

/** "sftp.host: must be …" → the field it is about and the words; null when it is about none. */
export function faultOf(message: string): { field: string; words: string } | null {
  const parts = /^(account|origin|apiKey|filesUser|filesPassword|sftp\.\w+|fileFolders\.[\w-]+): (.+)$/s.exec(message);
  return parts ? { field: parts[1]!, words: parts[2]! } : null;
}
