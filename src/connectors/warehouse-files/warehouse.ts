/**
 * A warehouse that exchanges CSV files in a folder over SFTP (docs/warehouse-files.md). Files answer no questions: what an order has become is worked out
 * from what we wrote and what the warehouse has said. An order is asked to be cancelled, not cancelled: a shipment may cross it on the way.
 */
import { putAway, readInbox, saidOf } from './inbox.ts';
import { linesOf, sentOrder, writeCancellation, writeOrder, writeReturn } from './outbox.ts';
import type { SftpSettings } from '../sftp-settings.ts';
import { sftpFolder } from '../sftp-folder.ts';
import { kindOf, readRows } from './rows.ts';
import type { KnownOrder, StockCountFact, Warehouse } from '../../ports/warehouse.ts';

export interface WarehouseFilesOptions extends SftpSettings { clock: { now(): Date } }

/** Files of a kind looked through for one order: the newest ones. Older orders have left long ago. */
const FILES_LOOKED_THROUGH = 300;
const FOLDERS = ['out', 'out/processed', 'in', 'in/processed', 'in/rejects'];

/** Throws `NetworkError` when the connection breaks, `SftpRefused` when the server needs a person. */
export function warehouseFiles(options: WarehouseFilesOptions): Warehouse {
  const folder = sftpFolder(options), now = (): Date => options.clock.now();

  async function find(reference: string): Promise<(KnownOrder & { hasBegunToShip: boolean }) | null> {
    const sent = await sentOrder(folder, reference);
    if (!sent) return null;
    const ordered = (await linesOf(folder, sent.path)).reduce((sum, line) => sum + line.quantity, 0);
    // A file may have come twice under two names: its shipments count once.
    const shipments = new Map((await saidOf(folder, 'shipments', reference, FILES_LOOKED_THROUGH)).flatMap((fact) => (fact.type === 'shipment' ? [[fact.id, fact]] : [])));
    const shipped = [...shipments.values()].flatMap((fact) => fact.lines).reduce((sum, line) => sum + line.quantity, 0);
    const acknowledged = (await saidOf(folder, 'acknowledgements', reference, FILES_LOOKED_THROUGH)).find((fact) => fact.type === 'acknowledged');
    const state = shipped >= ordered && shipped > 0 ? 'shipped' : sent.isCancelled ? 'cancelled' : shipped > 0 ? 'shipped in part' : 'open';
    return { warehouseReference: acknowledged?.warehouseReference ?? reference, version: sent.version, state, hasBegunToShip: shipped > 0 };
  }

  return {
    async check() {
      for (const path of FOLDERS) await folder.makeFolder(path);
      const waiting = await folder.list('in', 50_000);
      return { detail: `${options.host} answers with the key of the settings; ${waiting.length} files wait in ${options.folder ? `${options.folder}/` : ''}in` };
    },
    facts: (cursor) => readInbox(folder, cursor, () => now().getTime()),
    async stored(cursor, rejects) {
      for (const path of FOLDERS) await folder.makeFolder(path);
      await putAway(folder, cursor, rejects);
    },

    /** The newest stock file, wherever it lies: there is no way to ask for another. */
    async *stock() {
      const files = (await Promise.all(['in', 'in/processed'].map(async (path) => (await folder.list(path, 50_000)).map((file) => ({ ...file, path: `${path}/${file.name}` }))))).flat();
      const newest = files.filter((file) => kindOf(file.name) === 'stock').sort((a, b) => b.mtime - a.mtime || (a.name < b.name ? 1 : -1))[0];
      if (!newest) return;
      const { facts, rejects } = readRows(newest.name, await folder.read(newest.path));
      yield { counts: facts.filter((fact): fact is StockCountFact => fact.type === 'stock'), rejects };
    },

    async findOrder(reference) {
      const known = await find(reference);
      return known && { warehouseReference: known.warehouseReference, version: known.version, state: known.state };
    },
    async placeOrder(order) {
      const known = await find(order.reference);
      const warehouseReference = known?.warehouseReference ?? order.reference;
      if (known && known.version >= order.version) return { warehouseReference, outcome: 'known' };
      if (known?.hasBegunToShip) return { warehouseReference, outcome: 'too late' };
      await writeOrder(folder, order);
      return { warehouseReference, outcome: order.version === 1 ? 'created' : 'changed' };
    },
    async cancelOrder(reference) {
      const known = await find(reference);
      if (!known || known.state === 'cancelled') return 'cancelled';
      if (known.state === 'shipped') return 'too late';
      await writeCancellation(folder, reference, known.version, now());
      return 'cancelled';
    },
    announceReturn: (announced) => writeReturn(folder, announced, now()),
    async close() { folder.close(); },
  };
}
