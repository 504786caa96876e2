/** What to order of this item, term by term, and the planning values behind it. */
import type { Item } from '../api/queries.ts';
import { Advice } from '../replenishment/Advice.tsx';
import { LocationSelect } from './LocationSelect.tsx';

export function AdviceTab({ item, location, change }: { item: Item; location: number; change(part: { location: number }): void }) {
  return (
    <>
      <div className="row"><LocationSelect item={item} value={location} onChange={(id) => change({ location: id })} /></div>
      <Advice itemId={item.itemId} locationId={location} wide />
    </>
  );
}
