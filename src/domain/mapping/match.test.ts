import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLetterApart, oneOut, plain, unzeroed } from './code.ts';
import { checkDigit, gtinOf } from './gtin.ts';
import { AUTO_APPROVE, matcher, type MatchCode, type MatchItem } from './match.ts';

/** A small generator of its own: the corpus is the same at every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => { state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296; return state / 4_294_967_296; };
}

const STYLES = ['TEE', 'HOOD', 'SOCK', 'CAP', 'JEAN', 'BELT', 'SCARF', 'MUG', 'LAMP', 'VASE'], COLOURS: [string, string][] = [['BLK', 'Black'], ['WHT', 'White'], ['BLU', 'Blue'], ['NVY', 'Navy'], ['RED', 'Red'], ['GRN', 'Green']], SIZES = ['XS', 'S', 'M', 'L', 'XL'];
const NAMES = ['Harbour', 'Meadow', 'Granite', 'Willow', 'Ember', 'Lagoon', 'Summit', 'Orchard', 'Pebble', 'Juniper', 'Falcon', 'Cinder'];

/**
 * A catalogue of families of variants in four ways of coding; every fifth thing the warehouse has is not in the catalogue, though its nearest kin is: those codes
 * must match nothing. Codes are dirtied as they are in the field.
 */
function corpus(seed: number, families: number): { items: MatchItem[]; codes: (MatchCode & { truth: number | null; dirt: string })[] } {
  const random = dice(seed), pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const items: MatchItem[] = [], codes: (MatchCode & { truth: number | null; dirt: string })[] = [];
  let next = 1, barcode = 400_000_000_000;
  for (let f = 0; f < families; f++) {
    const style = pick(STYLES), name = `${pick(NAMES)} ${style[0]}${style.slice(1).toLowerCase()}`, way = f % 4, number = String(f).padStart(4, '0');
    for (const [short, colour] of COLOURS.slice(0, 3 + (f % 3))) for (const [n, size] of SIZES.entries()) {
      const sku = way === 0 ? `${style}-${number}-${short}-${size}` : way === 1 ? `${style}${number}${short}${size}` : way === 2 ? String(100_000 + f * 40 + COLOURS.findIndex((c) => c[0] === short) * 5 + n).padStart(9, '0') : `${number}-${short}-${n + 36}`;
      const digits = String(barcode += 7), gtin = digits + String(checkDigit(digits)), title = `${name} - ${colour} / ${size}`, known = random() >= 0.2, truth = known ? next++ : null;
      if (known) items.push({ itemId: truth!, sku, barcode: random() < 0.7 ? gtin : null, title });
      codes.push({ ...dirty(sku, gtin, title), truth });
    }
  }
  return { items, codes };

  function dirty(sku: string, gtin: string, title: string): MatchCode & { dirt: string } {
    const named = random() < 0.4 ? (random() < 0.5 ? title : title.toLowerCase().replace(' - ', ', ').replace(' / ', ' ')) : null, roll = random();
    const at = Math.floor(random() * sku.length), letter = [...sku].findIndex((c, n) => n >= at % 4 && /[A-Z]/.test(c));
    const made = (dirt: string, code: string, code13: string | null = null): MatchCode & { dirt: string } => ({ dirt, code, title: named, barcode: code13 });
    if (roll < 0.12) return made('none', sku);
    if (roll < 0.24) return made('case', sku.toLowerCase());
    if (roll < 0.38) return made('punctuation', sku.includes('-') ? sku.replaceAll('-', pick(['', '_', ' ', '/'])) : sku.replace(/([A-Z]+)(\d+)/, '$1-$2-'));
    if (roll < 0.48) return made('prefix', `${pick(['WH1', 'ACME'])}-${sku}`);
    if (roll < 0.58) return made('leading zeros', sku.replaceAll(/(^|\D)0+(?=\d)/g, '$1'));
    if (roll < 0.66) return made('typing error', letter < 0 ? sku : random() < 0.5 ? sku.slice(0, letter) + pick([...'AEKQZ']) + sku.slice(letter + 1) : sku.slice(0, letter) + sku.slice(letter + 1));
    if (roll < 0.72) return made('misread', sku.replace('0', 'O'));
    if (roll < 0.8) return made('swapped parts', sku.split('-').length > 2 ? [...sku.split('-').slice(0, -2), sku.split('-').at(-1), sku.split('-').at(-2)].join('-') : sku);
    if (roll < 0.9) return made('barcode', gtin);
    if (roll < 0.94) return made('wrong barcode beside', `X${at}-${gtin.slice(3, 9)}`, gtin.slice(0, -1) + String((Number(gtin.at(-1)) + 1) % 10));
    return made('own code', `L${Math.floor(random() * 90_000) + 10_000}`);
  }
}

describe('matching a dirty corpus', () => {
  const { items, codes } = corpus(11, 220), suggest = matcher(items, codes);
  const seen = codes.map((code) => ({ ...code, best: suggest(code)[0] })), known = seen.filter((each) => each.truth !== null);
  const at = (threshold: number): { taken: number; precision: number; recall: number } => {
    const taken = seen.filter((each) => (each.best?.confidence ?? 0) >= threshold), right = taken.filter((each) => each.best!.itemId === each.truth);
    return { taken: taken.length, precision: taken.length === 0 ? 1 : right.length / taken.length, recall: right.length / known.length };
  };

  it('is right at least 99 times in 100 where it needs no person, and finds most', () => {
    const lines = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, AUTO_APPROVE, 0.99].map((threshold) => { const { taken, precision, recall } = at(threshold); return `${threshold.toFixed(2)}  ${String(taken).padStart(5)}  ${(precision * 100).toFixed(2).padStart(6)}%  ${(recall * 100).toFixed(1).padStart(5)}%`; });
    console.log(`${items.length} items, ${codes.length} codes, ${codes.length - known.length} of things not in the catalogue\nthreshold taken precision recall\n${lines.join('\n')}`);
    for (const dirt of new Set(seen.map((each) => each.dirt))) { const of = seen.filter((each) => each.dirt === dirt), auto = of.filter((each) => (each.best?.confidence ?? 0) >= AUTO_APPROVE); console.log(`${dirt.padEnd(22)} ${String(of.length).padStart(4)} codes, ${auto.length} taken, ${auto.filter((each) => each.best!.itemId !== each.truth).length} wrong`); }
    expect(at(AUTO_APPROVE).precision).toBeGreaterThanOrEqual(0.99);
    expect(at(AUTO_APPROVE).recall).toBeGreaterThan(0.6);
    expect(at(0.5).recall).toBeGreaterThan(0.8);
  });
  it('holds on other catalogues too', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const other = corpus(seed, 120), ask = matcher(other.items, other.codes);
      const taken = other.codes.map((code) => ({ code, best: ask(code)[0] })).filter(({ best }) => (best?.confidence ?? 0) >= AUTO_APPROVE);
      expect(taken.filter(({ code, best }) => best!.itemId === code.truth).length / taken.length).toBeGreaterThanOrEqual(0.99);
    }
  }, 120_000);
  it('answers the same when it is told which codes will be asked', () => {
    const some = codes.slice(0, 400), told = matcher(items, codes, some);
    for (const code of some) expect(told(code)).toEqual(suggest(code));
  });
  it('never takes near-duplicates for each other without a person', () => {
    const item = (itemId: number, sku: string, title = 'Thing', barcode: string | null = null): MatchItem => ({ itemId, sku, title, barcode });
    const shop = [item(1, 'TEE-BLU-L', 'Tee - Blue / L'), item(2, 'A-1-23'), item(3, 'MUG-10'), item(4, '10-12-CAP'), item(5, 'DUP'), item(6, 'DUP'), item(7, 'LAMP-10'), item(8, 'LAMP-1O')];
    const ask = matcher(shop, []), sure = (code: string, title: string | null = null): number => ask({ code, title, barcode: null })[0]?.confidence ?? 0;
    for (const code of ['TEE-BLU-XL', 'TEE-BLU-M', 'A-12-3', 'MUG-11', 'MUG-100', 'MUG-1', '12-10-CAP', 'DUP', 'WH9-MUG-10']) expect([code, sure(code) < AUTO_APPROVE]).toEqual([code, true]);
    expect(sure('tee-blu-l', 'Tee, red, L')).toBeLessThan(0.5);
    expect(ask({ code: 'LAMP-1O', title: null, barcode: null })[0]).toMatchObject({ itemId: 8, basis: 'same SKU' });
  });
});

describe('the forms of a code', () => {
  const code = fc.stringMatching(/^[A-Z0-9]{1,4}(-[A-Z0-9]{1,4}){0,3}$/);
  it('are the same for what a person takes for the same', () => {
    fc.assert(fc.property(code, fc.constantFrom('', '_', ' ', '.', '/'), (text, mark) => { expect(plain(text.toLowerCase().replaceAll('-', mark))).toBe(plain(text)); }));
    fc.assert(fc.property(fc.nat(99_999), fc.nat(6), (n, zeros) => { expect(unzeroed('0'.repeat(zeros) + String(n))).toBe(String(n)); }));
  });
  it('one letter apart is symmetric, and found through what is left of both', () => {
    fc.assert(fc.property(code, code, (a, b) => {
      const [x, y] = [plain(a), plain(b)];
      expect(oneLetterApart(x, y)).toBe(oneLetterApart(y, x));
      if (oneLetterApart(x, y)) expect(oneOut(x).some((key) => oneOut(y).includes(key))).toBe(true);
    }));
    expect([oneLetterApart('TEEBLU', 'TEEBUL'), oneLetterApart('TEE01', 'TEE02'), oneLetterApart('TEE', 'TE')]).toEqual([true, false, true]);
  });
  it('a GTIN has a right check digit, in any of its lengths', () => {
    expect([gtinOf('4006381333931'), gtinOf('036000291452'), gtinOf('4006381333932'), gtinOf('12345'), gtinOf('00000000'), gtinOf(null)]).toEqual(['04006381333931', '00036000291452', null, null, null, null]);
    fc.assert(fc.property(fc.stringMatching(/^[1-9]\d{11}$/), fc.nat(11), fc.integer({ min: 1, max: 9 }), (digits, place, by) => {
      const whole = digits + String(checkDigit(digits)), wrong = whole.slice(0, place) + String((Number(whole[place]) + by) % 10) + whole.slice(place + 1);
      expect(gtinOf(whole)).toBe(`0${whole}`);
      expect(gtinOf(wrong)).toBeNull(); // one digit wrong is always seen
    }));
  });
});
