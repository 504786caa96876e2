/** ShopifyQL, as far as it is simulated: one table, for those who may read reports. */
import { askAdjustmentHistory } from '../shopifyql/adjustment-history.ts';
import { fieldsOf } from './fields.ts';

export const reportQueries = fieldsOf<undefined>({
  shopifyqlQuery: (_root, args, { shop }) => {
    const answer = askAdjustmentHistory(shop, args['query']);
    if ('error' in answer) return { tableData: null, parseErrors: [answer.error], parseWarnings: [] };
    return { tableData: { columns: answer.columns.map(({ name, metric }) => ({ name, displayName: name.replaceAll('_', ' '), dataType: metric ? 'INTEGER' : name === 'second' ? 'SECOND_TIMESTAMP' : 'STRING' })), rows: answer.rows }, parseErrors: [], parseWarnings: [] };
  },
});
