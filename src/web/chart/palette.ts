/** The colours of charts, read from the page so that canvas and markup are the same in both schemes. */
import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';

export interface Palette { ink: string; dim: string; line: string; surface: string; blue: string; amber: string; green: string; red: string; pink: string }

const SETS: Record<'light' | 'dark', Palette> = {
  light: { ink: '#1c2127', dim: '#5c636a', line: '#e2e6eb', surface: '#ffffff', blue: '#0072b2', amber: '#a66f00', green: '#00855f', red: '#d55e00', pink: '#b8618f' },
  dark: { ink: '#dfe3e8', dim: '#aab2bd', line: '#2e363f', surface: '#1a1f25', blue: '#56b4e9', amber: '#e69f00', green: '#009e73', red: '#d55e00', pink: '#cc79a7' },
};

export function usePalette(): Palette {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return useMemo(() => SETS[scheme], [scheme]);
}

/** `#rrggbb` with an opacity of 0 to 1. */
export function tint(color: string, opacity: number): string {
  return `${color}${Math.round(opacity * 255).toString(16).padStart(2, '0')}`;
}
