/** The places and the customer of our connection, looked up once: which locations are on hand, and what standing in them means. */
import type { Disposition } from '../../ports/warehouse.ts';
import type { TrytonClient } from './client.ts';
import type { TrytonSettings } from './settings.ts';

export interface Places {
  warehouse: number;
  company: number;
  currency: number;
  customer: number;
  address: number;
  /**
   * Storage and output zone with everything below: goods in the output zone are picked but have not left. The input zone is not part of it: what stands
   * there has not been put away or inspected.
   */
  onHand: ReadonlySet<number>;
  /** Roots of `onHand`, for Tryton's own sums. */
  roots: readonly [number, number];
  unsellable: ReadonlyMap<number, 'damaged' | 'quarantine'>;
  /** For people. */
  name: string;
}

/** What a unit put away there has become. Outside the warehouse's stock (lost and found, a scrap location) it is scrap. */
export function dispositionAt(places: Places, location: number): Disposition {
  return places.unsellable.get(location) ?? (places.onHand.has(location) ? 'sellable' : 'scrap');
}

interface LocationRow { id: number; name: string; code: string | null; storage_location: number; output_location: number }

/** Throws an Error that says what to set right in Tryton or in the settings. */
export async function findPlaces(client: TrytonClient, settings: TrytonSettings): Promise<Places> {
  const search = <T>(model: string, domain: unknown[], fields: string[]): Promise<T[]> => client.call<T[]>(model, 'search_read', [domain, 0, 1_000, null, fields]);
  const company = await client.company();
  if (company === null) throw new Error(`Give the Tryton user ${settings.user} a company.`);
  const [warehouse] = await search<LocationRow>('stock.location', [['type', '=', 'warehouse'], ['code', '=', settings.warehouse]], ['name', 'code', 'storage_location', 'output_location']);
  if (!warehouse) throw new Error(`Tryton has no warehouse with the code ${settings.warehouse}.`);
  const [customer] = await search<{ id: number; addresses: number[] }>('party.party', [['code', '=', settings.customer]], ['addresses']);
  if (!customer) throw new Error(`Tryton has no party with the code ${settings.customer}.`);
  const address = customer.addresses[0];
  if (address === undefined) throw new Error(`Give the party ${settings.customer} an address in Tryton.`);
  const [owner] = await client.call<{ currency: number }[]>('company.company', 'read', [[company], ['currency']]);
  const roots = [warehouse.storage_location, warehouse.output_location] as const;
  const below = async (root: number): Promise<number[]> => client.call<number[]>('stock.location', 'search', [[['parent', 'child_of', [root], 'parent']], 0, 1_000, null]);
  const onHand = new Set([...await below(roots[0]), ...await below(roots[1])]);
  const unsellable = new Map<number, 'damaged' | 'quarantine'>();
  for (const [code, disposition] of [[settings.damagedLocation, 'damaged'], [settings.quarantineLocation, 'quarantine']] as const) {
    if (code === null) continue;
    const [location] = await search<{ id: number }>('stock.location', [['code', '=', code]], []);
    if (!location) throw new Error(`Tryton has no location with the code ${code}.`);
    if (!onHand.has(location.id)) throw new Error(`The location ${code} must stand below the storage zone of ${settings.warehouse}: damaged units are on hand, only not for sale.`);
    for (const id of await below(location.id)) unsellable.set(id, disposition);
  }
  return { warehouse: warehouse.id, company, currency: owner!.currency, customer: customer.id, address, onHand, roots, unsellable, name: warehouse.name };
}
