/** Words of files for what we know by our own: states of purchase orders, yes and no. Whole words only: what "incomplete" or "not received" says is the opposite of what it contains. */
export type ImportState = 'draft' | 'sent' | 'part received' | 'closed' | 'cancelled';

const list = (words: string): string[] => words.split('|');
/** All of it is here, or nobody waits for the rest. */
const DONE = list('closed|close|complete|completed|archived|fulfiled|received|receipted|delivered|done|finished');
/** It was asked of the supplier; the goods are not here. */
const ON_ITS_WAY = list('sent|open|ordered|on order|order placed|placed|issued|purchased|purchase order|confirmed|order confirmed|acknowledged|approved|authorised|authorized|active|pending|in progress|processing|in production|shipped|dispatched|despatched|in transit|transit|on the way|en route|incoming|expected|backordered|back ordered|late|overdue|to receive|to receive and bill|sent to supplier|sent to vendor');
const NOT_ASKED_YET = list('draft|plan|planned|planning|new|saved|parked|rfq|rfq sent|request for quotation|quote|quotation|to order|to approve|for approval|in review|under review');
const KNOWN = new Map<string, ImportState>([
  ...DONE.flatMap((word): [string, ImportState][] => [[word, 'closed'], [`fully ${word}`, 'closed'], [`all ${word}`, 'closed']]), ...ON_ITS_WAY.map((word): [string, ImportState] => [word, 'sent']), ...NOT_ASKED_YET.map((word): [string, ImportState] => [word, 'draft']),
  ...list('cancelled|canceled|cancel|void|voided').map((word): [string, ImportState] => [word, 'cancelled']),
]);
const WAITED_FOR = { sent: list('delivery|shipment|shipping|shipped|dispatch|despatch|receipt|receiving|received|delivered|arrival|goods|stock|fulfilment|confirmation|supplier|supplier confirmation|vendor|vendor confirmation'), draft: list('approval|supervisor approval|review|authorisation|authorization|submission') };
/** Without these words the supplier does not know of the order. */
const ASKING = list('sent|ordered|placed|issued|purchased|approved|authorised|authorized|submitted');

/** Ours for what `text` calls a state; null for what is not known. Whether it is paid says nothing of the goods, and is not taken for a state. */
export function readState(text: string): ImportState | null {
  // Fulfil has one l or two, by the side of the ocean.
  const said = text.trim().toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim().replaceAll(/fulfil+/g, 'fulfil'), known = KNOWN.get(said);
  if (known !== undefined) return known;
  if (said === 'receiving' || /^(?:part|partly|partial|partially|in part)(?: (?:received|receipt|delivered|delivery|fulfiled|fulfilment|shipped|shipment|complete|completed))?$/.test(said)) return 'part received';
  const waited = /^(?:awaiting|waiting for|waiting on|pending|expecting) (.+)$/.exec(said)?.[1];
  if (waited !== undefined) return WAITED_FOR.sent.includes(waited) ? 'sent' : WAITED_FOR.draft.includes(waited) ? 'draft' : null;
  const negated = /^(?:not yet |not |non |yet to be |to be |un|in)(.+)$/.exec(said)?.[1];
  if (negated === undefined) return null;
  if (ASKING.includes(negated)) return 'draft';
  return DONE.includes(negated) || list('confirmed|acknowledged|shipped|dispatched|despatched').includes(negated) ? 'sent' : null;
}

/** Sentences for a dry run: what each word of the file was taken for, and of how many rows. */
export function statesTaken(words: ReadonlyMap<string, { state: ImportState; rows: number }>): string[] {
  return [...words].map(([word, { state, rows }]) => `Status ${word === '' ? 'left empty' : `“${word}”`} is taken as ${state} (${rows === 1 ? 'one row' : `${rows} rows`}).`);
}

/** yes/no as spreadsheets say it; null for anything else. */
export const readYes = (text: string): boolean | null => (/^(yes|y|true|1|x|ja)$/i.test(text.trim()) ? true : /^(no|n|false|0|nein)$/i.test(text.trim()) ? false : null);
