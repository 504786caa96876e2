/** Views each role finds in its lists before anybody has kept one: the two or three it would make itself on its first day. Nobody can change or forget them; one's own stand before them. */
import type { ROLES } from './contract-people.ts';

export interface StartingView { role: (typeof ROLES)[number]; page: 'exceptions' | 'stock' | 'replenishment'; name: string; /** The address from its question mark on, as the router writes it. */ query: string }

export const STARTING_VIEWS: readonly StartingView[] = [
  { role: 'ecommerce', page: 'exceptions', name: 'Ecommerce’s cases', query: '?owner=ecommerce' },
  { role: 'ecommerce', page: 'stock', name: 'What differs', query: '?view=drift' },
  { role: 'planner', page: 'exceptions', name: 'Planning’s cases', query: '?owner=planner' },
  { role: 'planner', page: 'replenishment', name: 'Most at risk first', query: '?dir=desc&sort=risk' },
  { role: 'planner', page: 'stock', name: 'Out of stock', query: '?view=out+of+stock' },
  { role: 'warehouse', page: 'exceptions', name: 'The warehouse’s cases', query: '?owner=warehouse' },
  { role: 'warehouse', page: 'stock', name: 'Below zero', query: '?view=negative' },
  { role: 'finance', page: 'stock', name: 'Below zero', query: '?view=negative' },
  { role: 'finance', page: 'replenishment', name: 'Dearest orders first', query: '?dir=desc&sort=cost' },
  { role: 'admin', page: 'exceptions', name: 'The administrator’s cases', query: '?owner=admin' },
  { role: 'admin', page: 'exceptions', name: 'The integration’s cases', query: '?owner=integration+owner' },
  { role: 'viewer', page: 'exceptions', name: 'Nobody’s cases yet', query: '?tab=unassigned' },
  { role: 'viewer', page: 'stock', name: 'Out of stock', query: '?view=out+of+stock' },
];
