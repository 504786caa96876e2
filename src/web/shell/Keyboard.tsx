/** Listens once for the whole page; screens add what their letters do. */
import { Kbd, Modal } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { HELP, isField, meaning } from './keymap.ts';
import { SCREENS } from './navigation.ts';

type Act = (key: string, event: KeyboardEvent) => boolean;
const actors: Act[] = [];

/** While mounted, single letters go to `act` first; it answers whether it used them. The newest screen part is asked first. */
export function useKeys(act: Act): void {
  const latest = useRef(act);
  useEffect(() => { latest.current = act; });
  useEffect(() => {
    const own: Act = (key, event) => latest.current(key, event);
    actors.unshift(own);
    return () => { actors.splice(actors.indexOf(own), 1); };
  }, []);
}

const PLACES = new Map(SCREENS.map((screen) => [screen.key, screen.to as string]));

export function Keyboard() {
  const router = useRouter(), chordAt = useRef<number | null>(null);
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      const now = performance.now();
      const means = meaning({ key: event.key, ctrl: event.ctrlKey, meta: event.metaKey, alt: event.altKey, inField: isField(event.target) }, now, chordAt.current, PLACES);
      chordAt.current = means?.does === 'wait' ? now : null;
      if (means === null || means.does === 'wait') return;
      if (means.does === 'act') {
        if (actors.some((act) => act(means.key, event))) event.preventDefault();
        return;
      }
      event.preventDefault();
      if (means.does === 'go') router.history.push(means.to);
      else if (means.does === 'search') spotlight.open();
      else setHelp(true);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [router]);
  return (
    <Modal opened={help} onClose={() => setHelp(false)} title={<strong>Help and keys</strong>} size="lg">
      <p><button type="button" className="number-button" onClick={() => { setHelp(false); router.history.push('/help'); }}>All documents</button>: what to do each day, runbooks, how numbers are made. They are part of Instep and need no network.</p>
      <section className="keys where"><h3>Go to</h3><dl>{SCREENS.map(({ key, label }) => <div key={key}><dt><Kbd size="xs">g then {key}</Kbd></dt><dd>{label}</dd></div>)}</dl></section>
      {HELP.map(({ group, keys }) => (
        <section key={group} className="keys"><h3>{group}</h3><dl>{keys.map(([key, does]) => <div key={key}><dt><Kbd size="xs">{key}</Kbd></dt><dd>{does}</dd></div>)}</dl></section>
      ))}
    </Modal>
  );
}
