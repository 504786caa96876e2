/** Refunds that put units back on sale although no return says that they came back: ghost stock. */
import { grouped, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const restockWithoutReturn: Check = {
  id: 'restock-without-return', title: 'Restocked without a return', severity: 2, owner: 'warehouse', needs: ['orders', 'returns', 'locations'], fix: 'Look whether the goods are there. If not, take the units off again; refund without “Restock” until the return is inspected.',
  run(facts) {
    const places = new Map(facts.locations.map((place) => [place.id, place.name])), orders = grouped(facts.orders.restocks, (restock) => restock.orderId);
    const gaps = [...orders.values()].flatMap((all) => {
      const ghost = all.filter((restock) => !restock.hasReturn);
      if (ghost.length === 0) return [];
      const first = ghost[0]!, units = ghost.reduce((sum, restock) => sum + restock.units, 0), place = first.locationId === null ? '' : ` at ${places.get(first.locationId) ?? first.locationId}`;
      return [{ subject: first.orderName, sentence: `${first.orderName}: a refund of ${first.at.slice(0, 10)} put ${some(units, 'unit')} back${place} (${ghost.slice(0, 3).map((restock) => `${restock.units} × ${restock.title}`).join(', ')}), and no return says that they came.`, units, money: ghost.reduce((sum, restock) => sum + restock.units * restock.price, 0), admin: `orders/${first.orderId}`, ...(first.locationId === null ? {} : { locationId: first.locationId }), evidence: { orderId: first.orderId, refundedAt: first.at } }];
    });
    return { checked: Math.max(facts.orders.refundsRead, orders.size), gaps };
  },
};
