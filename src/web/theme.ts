/**
 * Colours, type and density. The contrast recipe is measured: shade 8 for filled parts, tints with darkened text for light ones, and own
 * greys for placeholder and dimmed text give no contrast violation in either scheme.
 */
import { createTheme, defaultVariantColorsResolver, parseThemeColor, type CSSVariablesResolver, type MantineColorsTuple, type VariantColorsResolver } from '@mantine/core';

const harbour: MantineColorsTuple = ['#eaf5f9', '#d5e9f0', '#abd3e1', '#7dbcd2', '#58a8c4', '#4099b9', '#2f8bae', '#1f7799', '#12688a', '#0a5673'];
const slate: MantineColorsTuple = ['#e3e6ea', '#c5cbd3', '#a5adb8', '#7f8894', '#3a424d', '#2c333c', '#232930', '#1a1f25', '#14181d', '#0e1115'];

const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  const color = parseThemeColor({ color: input.color ?? input.theme.primaryColor, theme: input.theme });
  if (input.variant !== 'light' || !color.isThemeColor) return resolved;
  const shade = (n: number): string => `var(--mantine-color-${color.color}-${n})`;
  return {
    ...resolved,
    background: `light-dark(${shade(0)}, color-mix(in srgb, ${shade(9)} 35%, #1a1b1e))`,
    hover: `light-dark(${shade(1)}, color-mix(in srgb, ${shade(9)} 50%, #1a1b1e))`,
    color: `light-dark(color-mix(in srgb, ${shade(9)}, black 20%), ${shade(2)})`,
  };
};

/** The heading of a dialog is not the banner of the page. */
const HEADER = { header: { role: 'presentation' } };

export const theme = createTheme({
  primaryColor: 'harbour', primaryShade: 8, colors: { harbour, dark: slate }, variantColorResolver,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.25rem', lineHeight: '1.3' }, h2: { fontSize: '1rem', lineHeight: '1.4' }, h3: { fontSize: '0.875rem', lineHeight: '1.4' } } },
  defaultRadius: 'sm', respectReducedMotion: true, cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs' } }, TextInput: { defaultProps: { size: 'xs' } }, PasswordInput: { defaultProps: { size: 'sm' } }, Select: { defaultProps: { size: 'xs' } }, NativeSelect: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } }, MultiSelect: { defaultProps: { size: 'xs' } }, SegmentedControl: { defaultProps: { size: 'xs' } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm' } }, Tooltip: { defaultProps: { openDelay: 250, withArrow: true } },
    Drawer: { defaultProps: { position: 'right', padding: 'md', overlayProps: { backgroundOpacity: 0.25 }, closeButtonProps: { 'aria-label': 'Close' }, attributes: HEADER } },
    Modal: { defaultProps: { overlayProps: { backgroundOpacity: 0.25 }, closeButtonProps: { 'aria-label': 'Close' }, attributes: HEADER } }, Popover: { defaultProps: { shadow: 'md' } }, Menu: { defaultProps: { shadow: 'md' } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }, Loader: { defaultProps: { size: 'xs' } },
  },
});

/** Text greys that pass 4.5:1 on every surface used, and surfaces that differ in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#5c636a', '--mantine-color-placeholder': '#5c636a', '--mantine-color-default-border': '#d9dee4', '--mantine-color-text': '#1c2127', '--mantine-color-error': '#b3261e' },
  dark: { '--mantine-color-dimmed': '#aab2bd', '--mantine-color-placeholder': '#aab2bd', '--mantine-color-default-border': '#343c46', '--mantine-color-text': '#dfe3e8', '--mantine-color-error': '#ff8f86' },
});
