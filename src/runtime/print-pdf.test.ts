import { expect, it } from 'vitest';
import { printPdf } from './print-pdf.ts';

it('says what to install where a package is missing, and refuses more than it can print soon', async () => {
  const without = (missing: string) => (name: string): void => { if (name === missing) throw new Error('not found'); };
  expect(await printPdf('<p>x</p>', without('playwright-core'))).toEqual({ why: expect.stringContaining('npm install playwright-core'), later: false });
  expect(await printPdf('<p>x</p>', without('@sparticuz/chromium'))).toEqual({ why: expect.stringContaining('npm install @sparticuz/chromium'), later: false });
  const many = await Promise.all(Array.from({ length: 6 }, () => printPdf('<p>x</p>', without('playwright-core'))));
  expect(many.filter((one) => 'why' in one && one.later)).toHaveLength(2);
  // Those that waited are over: there is room again.
  expect(await printPdf('<p>x</p>', without('playwright-core'))).toMatchObject({ later: false });
});
