/** A simulated planner over a platform a test can change: variants named by number, one or more places, sales per day. */
import { afterAll } from 'vitest';
import type { Platform, PlatformLevel } from '../../src/sandbox/planner/account.ts';
import { startPlanner, type SandboxPlanner } from '../../src/sandbox/planner/server.ts';

export const KEY = 'ip-test-key-0123456789', ACCOUNT = 'a4711';
export interface PlannerAccount extends SandboxPlanner { platform: { -readonly [K in keyof Platform]: Platform[K][number][] } }

export async function plannerAccount(options: { variants?: number; places?: string[]; level?: (variant: number, place: number) => Partial<PlatformLevel>; ids?: (n: number) => string; skus?: (n: number) => string; clock?: { now(): Date }; currency?: string } = {}): Promise<PlannerAccount> {
  const { variants = 3, places = ['301'], level = () => ({}), ids = (n) => String(101 + n), skus = (n) => `SKU-${n + 1}` } = options;
  const platform: PlannerAccount['platform'] = {
    locations: places.map((id, n) => ({ id, name: `Place ${n + 1}` })),
    variants: Array.from({ length: variants }, (_, n) => ({ id: ids(n), sku: skus(n), title: `Thing ${n + 1}`, barcode: null, vendor: 'Mill', price: 1000, cost: 400 })),
    levels: places.flatMap((locationId, place) => Array.from({ length: variants }, (_, n) => ({ variantId: ids(n), locationId, inStock: 20, sold: Array.from({ length: 30 }, () => 2), inStockDays: Array.from({ length: 30 }, () => true), ...level(n, place) }))),
  };
  const started = await startPlanner({ port: 0, apiKey: KEY, accountId: ACCOUNT, platform: () => platform, currency: options.currency ?? 'EUR', ...(options.clock ? { clock: options.clock } : {}) });
  afterAll(() => started.stop());
  return { ...started, platform };
}
