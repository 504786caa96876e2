/**
 * backup-watch: what was backed up and tried → a case when it is late.   Woken every hour. Of the whole installation, so its cases are of the first store.
 *  1 gather  the last back-up and the last drill that were good, and how old they may be (Settings → Back-ups)   2 decide  late, or not   3 settle  a newer one closes it
 */
import { defineFlow } from '../runtime/flow.ts';
import { backupState } from '../store/backup-runs.ts';
import { listStores } from '../store/stores.ts';

export const backupWatch = defineFlow({
  name: 'backup-watch', moves: 'what was backed up and tried → a case when it is late', owner: 'admin', schedule: { cron: '17 * * * *' }, raises: ['BACKUP_OR_DRILL_LATE'],
  async run(context) {
    if (context.storeId !== (await listStores(context.db))[0]?.store_id) return;
    const { late } = await backupState(context.db, context.now());
    context.tally.input = 2;
    context.tally.applied = late.length;
    context.tally.unchanged = 2 - late.length;
    await context.checked('BACKUP_OR_DRILL_LATE', late);
    context.changed('exceptions');
  },
});
