import { describe, expect, it } from 'vitest';
import { seriesFrom } from '../demand/series.ts';
import { classifyDemand } from './demand-class.ts';

const of = (sold: number[], exposure?: number[]) => classifyDemand(seriesFrom(0, Float64Array.from(sold), exposure && Float64Array.from(exposure)));

describe('demand classes (Syntetos, Boylan & Croston)', () => {
  it.each([
    ['smooth', [4, 5, 4, 5, 4, 5]], ['erratic', [1, 1, 1, 20, 1, 1]], ['intermittent', [3, 0, 0, 3, 0, 3]], ['lumpy', [1, 0, 0, 30, 0, 1]], ['none', [0, 0, 0]], ['none', []],
  ])('%s', (expected, sold) => {
    expect(of(sold).class).toBe(expected);
  });

  it('counts the interval in days in stock only', () => {
    expect(of([3, 0, 0, 3, 0, 0]).adi).toBe(3);
    expect(of([3, 0, 0, 3, 0, 0], [1, 0, 0, 1, 0, 0])).toMatchObject({ adi: 1, cv2: 0, class: 'smooth' });
  });
});
