/** Finding an item by SKU, title or barcode, in a field that lists what fits while one types. */
import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { variantsQuery, type VariantHit } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';

/** So few that the list needs no scrolling; another letter narrows it. */
const SHOWN = 7;
type Item = VariantHit & { itemId: number };

export function VariantPicker({ label, placeholder, pick, hideLabel = false }: { label: string; placeholder: string; pick(hit: VariantHit): void; hideLabel?: boolean }) {
  const store = useStore(), combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [text, setText] = useState(''), [asked] = useDebouncedValue(text.trim(), 200);
  const { data, isFetching } = useQuery({ ...variantsQuery(store.storeId, asked), enabled: asked !== '', placeholderData: keepPreviousData, staleTime: 10_000 });
  const hits = asked === '' ? [] : (data?.variants ?? []).slice(0, SHOWN);
  return (
    <Combobox store={combobox} onOptionSubmit={(id) => { const hit = hits.find((each) => each.variantId === id); if (hit) { pick(hit); setText(''); combobox.closeDropdown(); } }}>
      <Combobox.Target>
        <TextInput className="picker" {...(hideLabel ? { 'aria-label': label } : { label })} placeholder={placeholder} value={text} autoComplete="off" onFocus={() => { if (text) combobox.openDropdown(); }} onBlur={() => combobox.closeDropdown()}
          onChange={(event) => { setText(event.currentTarget.value); combobox.openDropdown(); combobox.updateSelectedOptionIndex(); }} />
      </Combobox.Target>
      <Combobox.Dropdown hidden={asked === ''}>
        <Combobox.Options aria-label={`${label}: what fits`}>
          {hits.map((hit) => <Combobox.Option key={hit.variantId} value={hit.variantId}><span className="two-line"><b>{hit.sku || 'no SKU'}</b><span className="dim small">{hit.title}</span></span></Combobox.Option>)}
          {hits.length === 0 && <Combobox.Empty>{isFetching ? 'Looking…' : `Nothing is called “${asked}”`}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** Only variants that Shopify keeps stock of are items. */
export function ItemPicker({ pick, ...props }: { label: string; placeholder: string; pick(hit: Item): void; hideLabel?: boolean }) {
  return <VariantPicker {...props} pick={(hit) => { if (hit.itemId !== null) pick(hit as Item); }} />;
}
