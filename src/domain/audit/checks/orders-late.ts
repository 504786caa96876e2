/** Orders with units neither shipped nor given up after three days: a customer waits, and the units stay committed. */
import { daysBetweenInstants, grouped, type Check } from '../check.ts';
import { some } from '../../wording.ts';

/** Days after which an order that is not held is late. */
export const LATE_DAYS = 3;

export const ordersLate: Check = {
  id: 'orders-late', title: 'Orders unfulfilled too long', severity: 2, owner: 'warehouse', needs: ['orders'], fix: 'Ship, split or cancel. What waits for goods needs a date told to the customer; what is held needs the hold lifted or the order cancelled.',
  run(facts) {
    const orders = grouped(facts.orders.open, (line) => line.orderId);
    const gaps = [...orders.values()].filter((lines) => daysBetweenInstants(lines[0]!.processedAt, facts.at) >= LATE_DAYS).map((lines) => {
      const first = lines[0]!, units = lines.reduce((sum, line) => sum + line.units, 0), days = daysBetweenInstants(first.processedAt, facts.at);
      return { subject: first.orderName, sentence: `${first.orderName} of ${first.processedAt.slice(0, 10)} has ${some(units, 'unit')} open after ${some(days, 'day')}${lines.some((line) => line.held) ? '; it is held' : ''}: ${lines.slice(0, 3).map((line) => `${line.units} × ${line.title}`).join(', ')}${lines.length > 3 ? ' …' : ''}.`, units, money: lines.reduce((sum, line) => sum + line.units * line.price, 0), admin: `orders/${first.orderId}`, evidence: { orderId: first.orderId, days, held: lines.some((line) => line.held) ? 'yes' : 'no' } };
    });
    return { checked: orders.size, gaps };
  },
};
