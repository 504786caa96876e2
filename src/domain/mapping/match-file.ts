/**
 * A file of matches, line by line, beside what is kept: what each line changes, or why it cannot. The dry run and saving decide by this alone, so that neither says what the other
 * does not do. The export fills both “Item SKU” and “Item id”; whoever edits one of them means that one. Which one was edited can only be told while the code is as it was exported:
 * the export's “Version” says so. Without it, an edited line read a second time would look like the opposite edit.
 */

export interface FileLine { line: number; warehouseId: number; warehouse: string; sku: string; /** By name of the column; a column the file has not is not there. */ cells: Readonly<Record<string, string>> }
export interface KeptCode { itemId: number | null; itemSku: string | null; itemTitle: string | null; ignoredReason: string | null; version: number; updatedBy: string; title: string | null; barcode: string | null }
/** Items of the store: by their SKU, and the ids there are. */
export interface StoreItems { bySku: ReadonlyMap<string, readonly number[]>; ids: ReadonlySet<number> }
export interface LineFault { line: number; field: string; message: string }
export interface LineChange {
  line: number; warehouseId: number; sku: string;
  /** Another item, or none; nothing said: the match stays. */
  match?: { itemId: number | null };
  /** Set aside with a reason, or no longer with null. */
  ignore?: { reason: string | null };
  /** What the warehouse calls it; null: as before. */
  described?: { title: string | null; barcode: string | null };
}

/** The largest id the database keeps. */
export const LARGEST_ID = 2_147_483_647;
const TITLE = 300, BARCODE = 60, REASON = { least: 3, most: 300 };

export const codeKey = (warehouseId: number, sku: string): string => `${warehouseId}:${sku}`;

/** The id an “Item id” names; null when it names none that can be. */
export function idOf(cell: string): number | null {
  return /^\d{1,10}$/.test(cell) && Number(cell) >= 1 && Number(cell) <= LARGEST_ID ? Number(cell) : null;
}

/** What the lines change, in their order, and what is wrong with the others. A line with a fault changes nothing; one that says what is kept is in neither list. */
export function decideLines(lines: readonly FileLine[], kept: ReadonlyMap<string, KeptCode>, items: StoreItems): { changes: LineChange[]; faults: LineFault[] } {
  const changes: LineChange[] = [], faults: LineFault[] = [], standsOn = new Map<string, number[]>();
  for (const { warehouseId, sku, line } of lines) {
    const key = codeKey(warehouseId, sku), on = standsOn.get(key);
    if (on) on.push(line); else standsOn.set(key, [line]);
  }
  for (const each of lines) {
    const others = standsOn.get(codeKey(each.warehouseId, each.sku))!.filter((line) => line !== each.line);
    const found = others.length > 0 ? fault('Code', `${each.sku} stands on line ${others.slice(0, 5).join(', ')} too: say once what it is`) : decideLine(each, kept.get(codeKey(each.warehouseId, each.sku)) ?? null, items);
    if ('field' in found) faults.push({ line: each.line, ...found });
    else if (found.match ?? found.ignore ?? found.described) changes.push({ line: each.line, warehouseId: each.warehouseId, sku: each.sku, ...found });
  }
  return { changes, faults };
}

type Fault = Omit<LineFault, 'line'>;
type Decision = Pick<LineChange, 'match' | 'ignore' | 'described'>;
const fault = (field: string, message: string): Fault => ({ field, message });
const itemWords = (kept: KeptCode): string => (kept.itemId === null ? 'matched to nothing' : `matched to ${kept.itemSku?.trim() || kept.itemTitle || `item ${kept.itemId}`}`);

function decideLine({ sku, warehouse, cells }: FileLine, kept: KeptCode | null, items: StoreItems): Decision | Fault {
  const made = cells['New']?.toLowerCase() ?? '', version = cells['Version'] ? idOf(cells['Version']) : null;
  if (!['', 'yes', 'no'].includes(made)) return fault('New', `is yes or empty, not ${cells['New']}`);
  if (cells['Version'] && version === null) return fault('Version', `not a version: ${cells['Version']}; leave it as it was exported`);
  if (!kept && made !== 'yes') return fault('Code', `${warehouse} has named no code ${sku}: correct it or, where the warehouse will only name it later, write yes into a column New`);
  const wanted = itemWanted(cells, kept, version !== null, items);
  if (wanted !== null && 'field' in wanted) return wanted;
  if (!kept && !wanted?.itemId) return fault('Item SKU', `is empty: a new code needs an item`);
  const ignore = ignoring(cells, kept, wanted);
  if (ignore !== null && 'field' in ignore) return ignore;
  if (kept && version !== null && version !== kept.version && (wanted ?? ignore)) return fault('Version', `${kept.updatedBy} changed ${sku} since the list was exported: it is ${itemWords(kept)} now. Export the list anew and change it there`);
  const title = cells['Title']?.slice(0, TITLE) || null, barcode = cells['Barcode']?.slice(0, BARCODE) || null, described = (title !== null && title !== kept?.title) || (barcode !== null && barcode !== kept?.barcode);
  return { ...(wanted ? { match: wanted } : {}), ...(ignore ? { ignore } : {}), ...(described ? { described: { title, barcode } } : {}) };
}

/** The item a line asks for: null when it says what is kept, or says nothing of items. */
function itemWanted(cells: FileLine['cells'], kept: KeptCode | null, exported: boolean, items: StoreItems): { itemId: number | null } | Fault | null {
  const sku = cells['Item SKU'], id = cells['Item id'], keptSku = kept?.itemSku?.trim() ?? '', keptId = kept?.itemId ?? null;
  const number = id ? idOf(id) : null;
  if (id && number === null) return fault('Item id', `not an id: ${id}`);
  const skuMoved = sku !== undefined && sku !== keptSku, idMoved = id !== undefined && number !== keptId;
  if (!skuMoved && !idMoved) return null;
  const bySku = (): { itemId: number } | Fault => {
    const hits = items.bySku.get(sku!) ?? [];
    return hits.length === 1 ? { itemId: hits[0]! } : fault('Item SKU', hits.length === 0 ? `no item has the SKU ${sku}` : `${hits.length} items have the SKU ${sku}; give the item id`);
  };
  const byId = (): { itemId: number } | Fault => (items.ids.has(number!) ? { itemId: number! } : fault('Item id', `there is no item ${number} in this store`));
  if (!sku && !id) return keptId === null ? null : { itemId: null };
  if (sku && id) {
    if (items.bySku.get(sku)?.includes(number!)) return number === keptId ? null : byId();
    if (skuMoved && idMoved) return fault('Item SKU', `${sku} is not item ${id}, and ${kept && kept.itemId !== null ? `neither is what it is now (${keptSku || kept.itemTitle || 'no SKU'}, ${keptId})` : 'it is matched to nothing now'}: leave one of the two empty`);
    if (!exported) return fault('Item SKU', `${sku} is not item ${id}, and without the Version of the export nobody can tell which of the two was changed: export the list anew and change it there, or leave one of the two empty`);
    return skuMoved ? bySku() : byId();
  }
  // One of the two is empty. The other one, if it says another item, is what is asked for.
  if (sku && skuMoved) return bySku();
  if (id && idMoved) return byId();
  // It says the item as it is kept: of an exported line somebody emptied one, of a line written by hand only one was given.
  if (exported) return { itemId: null };
  return sku ? null : fault('Item SKU', `is empty, and Item id still says ${id}: empty both to take the match away`);
}

/** Setting aside: null when the line says what is kept, or nothing of it. */
function ignoring(cells: FileLine['cells'], kept: KeptCode | null, wanted: { itemId: number | null } | null): { reason: string | null } | Fault | null {
  const said = cells['Ignored because'], before = kept?.ignoredReason?.trim() ?? '';
  // A match ends setting aside by itself.
  if (said === undefined || said === before) return null;
  if (said === '') return wanted?.itemId ? null : { reason: null };
  if (wanted?.itemId) return fault('Ignored because', 'a code is matched or ignored, not both: empty the item or the reason');
  if (kept?.itemId != null) return fault('Ignored because', `it is ${itemWords(kept)}: take the match away first, then import the reason`);
  return said.length < REASON.least || said.length > REASON.most ? fault('Ignored because', `a reason has ${REASON.least} to ${REASON.most} characters`) : { reason: said };
}
