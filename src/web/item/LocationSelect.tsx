/** Which location the tab speaks about. */
import { NativeSelect } from '@mantine/core';
import type { Item } from '../api/queries.ts';

export function LocationSelect({ item, value, onChange }: { item: Item; value: number; onChange(locationId: number): void }) {
  return <NativeSelect size="xs" aria-label="Location" value={value} data={item.locations.map((row) => ({ value: String(row.locationId), label: row.locationName }))} onChange={(event) => onChange(Number(event.currentTarget.value))} />;
}
