/** Which location the tab speaks about. */
import { NativeSelect } from '@mantine/core';
import type { Item } from '../api/queries.ts';
import { ALL_LOCATIONS } from '../search-params.ts';

export function LocationSelect({ item, value, all = false, onChange }: { item: Item; value: number; /** Offers all of them together. */ all?: boolean; onChange(locationId: number): void }) {
  const each = item.locations.map((row) => ({ value: String(row.locationId), label: row.locationName }));
  return <NativeSelect size="xs" aria-label="Location" value={value} data={all && each.length > 1 ? [{ value: String(ALL_LOCATIONS), label: 'All locations' }, ...each] : each} onChange={(event) => onChange(Number(event.currentTarget.value))} />;
}
