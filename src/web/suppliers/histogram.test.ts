import fc from 'fast-check';
import { expect, it } from 'vitest';
import { histogram } from './histogram.ts';

it('holds every order once, in equal bins without a gap, with the stated lead time in sight', () => {
  fc.assert(fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 40 }), fc.option(fc.nat(400)), (days, stated) => {
    const bins = histogram(days, stated);
    expect(bins.reduce((sum, bin) => sum + bin.n, 0)).toBe(days.length);
    expect(bins.length).toBeLessThanOrEqual(28);
    bins.forEach((bin, n) => { expect(bin.to - bin.from).toBe(bins[0]!.to - bins[0]!.from); if (n > 0) expect(bin.from).toBe(bins[n - 1]!.to); });
    for (const bin of bins) expect(bin.n).toBe(days.filter((d) => d >= bin.from && d < bin.to).length);
    if (stated !== null) { expect(stated).toBeGreaterThanOrEqual(bins[0]!.from); expect(stated).toBeLessThanOrEqual(bins.at(-1)!.to); }
  }));
});
