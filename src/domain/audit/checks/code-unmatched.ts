/** Units on a warehouse's shelf under a code nobody matched: they stand there and are sold by nobody. */
import { type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const codeUnmatched: Check = {
  id: 'code-unmatched', title: 'Warehouse codes that are no item', severity: 2, owner: 'ecommerce', needs: ['own'], fix: 'Open Mapping: match the code, or ignore it with a reason.',
  run(facts) {
    return { checked: facts.own!.codes.counted, gaps: facts.own!.codes.unmatched.map((code) => ({ subject: code.code, sentence: `${code.warehouse} keeps ${some(code.units, 'unit')} under ${code.code}, which is matched to no item.`, units: code.units, money: null, evidence: { warehouse: code.warehouse, code: code.code } })) };
  },
};
