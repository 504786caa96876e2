import { describe, expect, it } from 'vitest';
import { coverDays } from './cover.ts';
import { BeyondForecastError, dayExceeded, demandQuantile, demandQuantilePath, expectedDemand } from './order-up-to.ts';
import { inventoryPosition } from './position.ts';

const forecast = {
  mean: [2, 2, 2, 2],
  cumulative: [{ q: 0.5, values: [2, 4, 6, 8] }, { q: 0.9, values: [4, 7, 10, 12] }, { q: 0.975, values: [6, 10, 13, 16] }],
};

describe('the order-up-to level', () => {
  it('is the quantile of the protection interval where the forecast has it', () => {
    expect(demandQuantile(forecast, 3, 0.9)).toBe(10);
    expect(demandQuantile(forecast, 0, 0.9)).toBe(0);
    expect(demandQuantilePath(forecast, 0.5)).toEqual([2, 4, 6, 8]);
    expect(expectedDemand(forecast, 3)).toBe(6);
  });

  it('lies between its neighbours elsewhere, on a straight line in normal scores', () => {
    // z: 0.9 → 1.28155, 0.95 → 1.64485, 0.975 → 1.95996
    expect(demandQuantile(forecast, 4, 0.95)).toBeCloseTo(12 + 4 * ((1.64485 - 1.28155) / (1.95996 - 1.28155)), 3);
    let last = 0;
    for (let level = 0.5; level < 0.975; level += 0.005) {
      const now = demandQuantile(forecast, 4, level);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });

  it('is an error, not a guess, beyond the forecast', () => {
    expect(() => demandQuantile(forecast, 5, 0.9)).toThrow(BeyondForecastError);
    expect(() => expectedDemand(forecast, 5)).toThrow('5 days asked of a forecast of 4');
    expect(() => demandQuantile(forecast, 2, 0.99)).toThrow(BeyondForecastError);
    expect(() => demandQuantile(forecast, 2, 0.4)).toThrow(BeyondForecastError);
    expect(() => demandQuantile({ mean: [1], cumulative: [] }, 1, 0.5)).toThrow('none');
  });
});

describe('position and cover', () => {
  it('is on hand + incoming − committed − backorders', () => {
    expect(inventoryPosition({ onHand: 12, incoming: 30, committed: 4, backorders: 1 })).toBe(37);
    expect(() => inventoryPosition({ onHand: 0.5, incoming: 0, committed: 0, backorders: 0 })).toThrow('whole number');
  });

  it.each([[0, 0, false], [-3, 0, false], [1, 0.5, false], [3, 1.5, false], [7.5, 3.75, false], [8, 4, true], [18, 9, true]])('%f units last %f days', (position, days, beyondHorizon) => {
    expect(coverDays(position, forecast.mean)).toEqual({ days, beyondHorizon });
  });

  it('lasts beyond counting without demand, and past quiet days', () => {
    expect(coverDays(1, [0, 0])).toEqual({ days: null, beyondHorizon: true });
    expect(coverDays(1, [1e-9, 1e-9]).days).toBeNull();
    expect(coverDays(1, [0, 0, 4])).toEqual({ days: 2.25, beyondHorizon: false });
  });

  it('finds the first day a total exceeds the position', () => {
    expect(dayExceeded(forecast, 0.5, 4)).toBe(2);
    expect(dayExceeded(forecast, 0.5, 0)).toBe(0);
    expect(dayExceeded(forecast, 0.5, 8)).toBeNull();
  });
});
